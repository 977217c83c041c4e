"""`relpro new`: what it writes is found by relpro, and its test fails until somebody says more."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.small_project import write_project
from tests.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns("__pycache__", "frontend", "page")


def pytest_in(root: Path, *files: str) -> str:
    """What pytest says of some files, with the modules of a folder."""
    words = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *files)
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_kind_and_a_transform_have_tests_that_fail_at_first(tmp_path: Path, relpro: Run) -> None:
    root = write_project(tmp_path / "app").root
    (root / "pytest.ini").write_text("[pytest]\n")
    assert relpro("new", "kind", "sbom", "--root", str(root), "--phase", "promote").code == 0
    made = relpro("new", "transform", "add-sums", "--root", str(root))
    assert made.out.splitlines()[:2] == [
        "wrote tests/test_add_sums.py",
        "wrote transforms/add_sums.py",
    ]
    tests = ("tests/test_sbom.py", "tests/test_add_sums.py")
    told = pytest_in(root, *tests)
    assert "2 failed" in told, told
    assert "write the labels that it should make here" in told
    replace(root / tests[0], "write the labels that it should make here", "sbom-first")
    replace(root / tests[1], '{"write": "what it should have here"}', '{"of": "public/target.zip"}')
    body = "    return task.with_worker(of=section['of'])\n\n\ntransforms"
    replace(root / "transforms" / "add_sums.py", "    return task\n\n\ntransforms", body)
    assert "2 passed" in (told := pytest_in(root, *tests)), told


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new))


def test_a_rule_and_a_strategy_get_rows_and_tests_that_fail(tmp_path: Path, relpro: Run) -> None:
    write_project(tmp_path)
    for name in ("relpro", "docs/reference"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=NOT_COPIED)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for thing, name in (("rule", "sums-are-there"), ("strategy", "skip-docs")):
        ran = relpro("new", thing, name, "--root", str(tmp_path))
        assert ran.code == 0, ran.err
    tests = ("tests/verify/test_sums_are_there.py", "tests/optimize/test_skip_docs.py")
    told = pytest_in(tmp_path, *tests)
    assert "2 failed" in told, told
    assert re.search(r"assert \[\] == \['G\d+'\]", told), told
    assert "`skip-docs` leaves nothing out" in told
    python = "from relpro.verify.rules import RULES; print([rule.__name__ for rule in RULES])"
    listed = subprocess.run(
        (sys.executable, "-c", python), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "sums_are_there" in listed.stdout
    reference = tmp_path / "docs" / "reference"
    assert "say what is wrong" in (reference / "errors.md").read_text()
    assert "| `skip-docs` | null |" in (reference / "strategies.md").read_text()


@pytest.mark.parametrize("name", ["Sbom", "a/b", "-a", ""])
def test_a_name_is_one_of_files_and_functions(relpro: Run, name: str) -> None:
    ran = relpro("new", "kind", "--", name)
    assert (ran.code, "small letters, digits and dashes" in ran.err) == (2, True)
