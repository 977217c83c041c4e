"""`relpro diff` that is ended before its end: nothing stays behind in the repository."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.diff.conftest import Repository


@pytest.fixture
def slow(notes: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository whose last commit takes a minute to generate; temporary files are its own."""
    notes.edit("transforms/certificate.py", '"""Gives', 'import time\ntime.sleep(60)\n"""Gives')
    notes.commit()
    notes.git("revert", "--no-edit", "HEAD")
    notes.edit("kinds/promote/l10n.yml", "1800", "3600")
    (notes.root / "new-file").write_text("untracked")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return notes


def _worktrees(notes: Repository) -> list[Path]:
    """The worktrees that git knows, without the user's own tree."""
    lines = notes.git("worktree", "list", "--porcelain").splitlines()
    paths = [Path(line.removeprefix("worktree ")) for line in lines if line.startswith("worktree")]
    return paths[1:]


def _start(notes: Repository, known: int = 0) -> "subprocess.Popen[str]":
    """A comparison that has checked out its base."""
    process = notes.start("diff", "HEAD~1")
    until = time.monotonic() + 30
    while not (len(found := _worktrees(notes)) > known and (found[-1] / "kinds").is_dir()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return process


def _kill(process: "subprocess.Popen[str]") -> None:
    """Kill a comparison with the generations that it has started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing_behind(
    slow: Repository, tmp_path: Path, number: signal.Signals, times: int
) -> None:
    before = slow.git("status", "--porcelain")
    process = _start(slow)
    for _ in range(times):
        process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode in {130, 128 + number}
    assert _worktrees(slow) == []
    assert list((tmp_path / "temporary").iterdir()) == []
    assert slow.git("status", "--porcelain") == before


def test_the_next_comparison_takes_away_what_a_killed_one_left(
    slow: Repository, tmp_path: Path
) -> None:
    before = slow.git("status", "--porcelain")
    _kill(_start(slow))
    (left,) = _worktrees(slow)
    assert left.is_dir()
    assert "1800 -> 3600" in slow.out("diff", "HEAD")
    assert _worktrees(slow) == []
    assert not left.parent.exists()
    assert slow.git("status", "--porcelain") == before


def test_a_leftover_that_is_gone_from_the_disk_is_forgotten(slow: Repository) -> None:
    _kill(_start(slow))
    (left,) = _worktrees(slow)
    shutil.rmtree(left.parent)
    slow.out("diff", "HEAD")
    assert _worktrees(slow) == []


def test_worktrees_of_the_user_and_of_a_comparison_under_way_stay(
    slow: Repository, tmp_path: Path
) -> None:
    mine, absent = tmp_path / "mine", tmp_path / "absent"
    for path in (mine, absent):
        slow.git("worktree", "add", "-q", "--detach", str(path))
    shutil.rmtree(absent)
    (mine / "edit").write_text("not committed")
    process = _start(slow, known=2)
    (under_way,) = (path for path in _worktrees(slow) if path not in {mine, absent})
    slow.out("diff", "HEAD")
    assert {*_worktrees(slow)} == {mine, absent, under_way}
    assert under_way.is_dir()
    assert (mine / "edit").is_file()
    process.terminate()
    process.communicate(timeout=60)
    assert {*_worktrees(slow)} == {mine, absent}


def test_a_signal_that_is_ignored_stays_ignored(slow: Repository) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = _start(slow)
    finally:
        signal.signal(signal.SIGHUP, before)
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
