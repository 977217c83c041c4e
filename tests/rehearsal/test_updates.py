"""Two releases of the postcard, and installations that update: one platform, two languages.

Run by `make rehearsal` alone: it takes a minute. Each claim is read off what is left, by other
means than those that made it.
"""

import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.rehearsal.conftest import copied, rehearse

pytestmark = pytest.mark.skipif(
    "RELPRO_REHEARSAL" not in os.environ, reason="`make rehearsal` runs it"
)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a rehearsal has left."""
    folder = tmp_path_factory.mktemp("rehearsal")
    return rehearse(folder, copied(folder, "de"))


def released(left: Path, version: str) -> Path:
    return left / "published" / "release" / "pub/postcard/releases" / version


def test_installations_of_the_release_before_become_the_new_one_or_stay(left: Path) -> None:
    report = (left / "report.md").read_text()
    rows = re.findall(r"^\| linux64 \| (.*) \| (.*) \| (.*) \| (.*) \|$", report, re.MULTILINE)
    assert rows[:3] == [
        ("en-US", "at 25 %, as the 26th of a hundred", "1.0.0", ""),
        ("en-US", "at 25 %, as the 25th of a hundred", "1.1.0", "partial"),
        ("en-US", "at 25 %, as somebody who looks", "1.1.0", "partial"),
    ]
    assert sorted(rows[3:]) == [
        ("de", "at 100 %", "1.1.0", "partial"),
        ("en-US", "at 100 %", "1.1.0", "partial"),
    ]


def test_what_is_in_releases_has_the_bytes_of_candidates_and_a_signature(left: Path) -> None:
    candidates = left / "published/release/pub/postcard/candidates/1.1.0-candidates/build1"
    files = sorted(path for path in released(left, "1.1.0").rglob("*") if path.is_file())
    names = [path.relative_to(released(left, "1.1.0")).as_posix() for path in files]
    assert names == sorted(
        f"{folder}/{locale}/postcard-{name}"
        for locale in ("de", "en-US")
        for folder, name in (
            ("linux-x86_64", "1.1.0.tar.xz"),
            ("linux-x86_64", "1.1.0.tar.xz.asc"),
            ("update/linux-x86_64", "1.0.0-1.1.0.partial.mar"),
            ("update/linux-x86_64", "1.1.0.complete.mar"),
        )
    )
    for path, name in zip(files, names, strict=True):
        assert hashlib.sha512(path.read_bytes()).digest() == (
            hashlib.sha512((candidates / name).read_bytes()).digest()
        )


def test_gates_were_signed_by_their_roles_and_the_tree_goes_on(left: Path) -> None:
    report = (left / "report.md").read_text()
    assert re.search(r"^\| push \| 2 .*\| qa \|$", report, re.MULTILINE)
    assert re.search(r"^\| ship \| 4 .*\| release-management \|$", report, re.MULTILINE)
    git = ("git", "-C", str(left / "repository.git"))
    said = subprocess.check_output((*git, "show", "main:kinds/version.txt"), text=True)
    assert said == "1.1.1\n"
    tagged = subprocess.check_output((*git, "tag", "--list"), text=True)
    assert tagged.split()[-1:] == ["v1.1.0"]


def test_the_repository_says_which_release_was_before(left: Path) -> None:
    git = ("git", "-C", str(left / "repository.git"), "show", "v1.1.0~1:kinds/version.txt")
    assert subprocess.check_output(git, text=True) == "1.0.0\n"
