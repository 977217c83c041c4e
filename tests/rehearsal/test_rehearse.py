"""A whole release of the postcard, in its short form: one platform, and nobody who updates.

`make rehearsal` is the long one. Each claim is read off what is left.
"""

import re
import subprocess
from pathlib import Path

import pytest

from tests.page.graphs import document_in

pytestmark = pytest.mark.slow


def test_a_release_is_pushed_promoted_pushed_to_releases_and_shipped(left: Path) -> None:
    below = left / "published/release/pub/postcard/releases/1.1.0"
    files = sorted(path for path in below.rglob("*") if path.is_file())
    assert [path.relative_to(below).as_posix() for path in files] == [
        f"{folder}/{locale}/postcard-1.1.0.{end}"
        for folder, ends in (
            ("linux-x86_64", ("tar.xz", "tar.xz.asc")),
            ("update/linux-x86_64", ("complete.mar",)),
        )
        for locale in ("de", "en-US")
        for end in ends
    ]
    report = (left / "report.md").read_text()
    assert re.search(r"two runs of \S+ ended as intermittent-task", report)
    assert re.search(r"[1-9]\d* calls to the queue were cut", report)
    assert re.search(r"^\| push \| 2 .*\| qa \|$", report, re.MULTILINE)
    assert re.search(r"^\| ship \| 4 .*\| release-management \|$", report, re.MULTILINE)
    shown = document_in((left / "report.html").read_bytes())["graphs"]
    assert [one["title"] for one in shown] == ["build", "promote", "push", "ship"]
    assert all(about["why"][0] == "completed" for one in shown for about in one["about"].values())
    git = ("git", "-C", str(left / "repository.git"), "show", "main:kinds/version.txt")
    assert subprocess.check_output(git, text=True) == "1.1.1\n"
