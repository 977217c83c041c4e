import subprocess
from pathlib import Path

import pytest

from relpro.load.vcs import checkout_parameters, commit_message, files_changed

WHO = ("-c", "user.name=A. Nobody", "-c", "user.email=nobody@example.com")


def git(root: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *WHO, *words], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2025-07-15T12:00:00+02:00")
    root = tmp_path / "widgets"
    root.mkdir()
    git(root, "init", "-q", "-b", "trunk")
    (root / "a").write_text("a", encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "The first\n\nin two parts")
    return root


def test_a_checkout_says_what_it_is(checkout: Path) -> None:
    found = checkout_parameters(checkout)
    assert found["head_rev"] == git(checkout, "rev-parse", "HEAD")
    assert found["head_ref"] == "trunk"
    assert found["project"] == "widgets"
    assert found["owner"] == "nobody@example.com"
    assert found["head_repository"] == "https://example.com/widgets"


def test_dates_are_those_of_the_commit_in_utc(checkout: Path) -> None:
    found = checkout_parameters(checkout)
    assert found["build_date"] == found["pushdate"] == 1752573600
    assert found["moz_build_date"] == "20250715100000"


@pytest.mark.parametrize(
    "remote",
    ["git@example.com:team/gadgets.git", "https://example.com/team/gadgets"],
)
def test_the_project_is_that_of_the_remote(checkout: Path, remote: str) -> None:
    git(checkout, "remote", "add", "origin", remote)
    found = checkout_parameters(checkout)
    assert found["head_repository"] == "https://example.com/team/gadgets"
    assert found["project"] == "gadgets"


def test_a_detached_head_has_no_branch(checkout: Path) -> None:
    git(checkout, "checkout", "-q", "--detach")
    assert checkout_parameters(checkout)["head_ref"] == ""


def test_what_is_no_checkout_says_nothing(tmp_path: Path) -> None:
    assert checkout_parameters(tmp_path / "nowhere") == {}
    assert commit_message(tmp_path / "nowhere", "HEAD") == ""
    assert files_changed(tmp_path / "nowhere", "a", "b") == []


def test_changed_files_are_sorted_and_moves_are_both_files(checkout: Path) -> None:
    git(checkout, "mv", "a", "b")
    (checkout / "0").write_text("0", encoding="utf-8")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "The second")
    assert files_changed(checkout, "HEAD~1", "HEAD") == ["0", "a", "b"]
    assert files_changed(checkout, "HEAD", "HEAD") == []
    assert commit_message(checkout, "HEAD~1") == "The first\n\nin two parts"


def test_a_remote_that_is_a_folder_is_no_address(checkout: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    git(tmp_path, "clone", "-q", str(checkout), str(copy))
    found = checkout_parameters(copy)
    assert found["head_repository"] == "https://example.com/copy"
    assert found["project"] == "copy"
