"""How commands end that cannot print, cannot write or are interrupted."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")


def shell(line: str, folder: Path) -> tuple[int, str]:
    """What `relpro` in a line of shell exits with, and what it says on standard error."""
    relpro = f"{shlex.quote(sys.executable)} -m relpro"
    done = subprocess.run(
        ["bash", "-c", f'set -o pipefail\nrelpro() {{ {relpro} "$@"; }}\n{line}'],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("words", ["--help", "--version", "completion bash"])
def test_output_that_has_no_room_is_told(words: str, tmp_path: Path) -> None:
    code, said = shell(f"relpro {words} > {FULL}", tmp_path)
    assert (code, said.splitlines()[0]) == (
        2,
        "error[Q711]: the output cannot be written: no space left on device",
    )


def test_a_closed_output_is_told_before_anything_is_done(tmp_path: Path) -> None:
    code, said = shell("relpro completion bash >&-", tmp_path)
    assert (code, said.splitlines()[0]) == (2, "error[Q711]: standard output is closed")


def test_a_reader_that_has_enough_is_no_violation(tmp_path: Path) -> None:
    assert shell("relpro --help | true; exit ${PIPESTATUS[0]}", tmp_path) == (141, "")


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")
def test_a_mistake_that_cannot_be_told_is_still_a_mistake(tmp_path: Path) -> None:
    assert shell(f"relpro kinds 2> {FULL}", tmp_path) == (2, "")


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code, said = shell('rmdir "$PWD"; relpro kinds', gone)
    assert (code, said.splitlines()[0]) == (
        2,
        "error[Q711]: the current folder does not exist any more",
    )


def test_a_shell_gets_completions(tmp_path: Path) -> None:
    asked = "COMP_WORDS='relpro dec' COMP_CWORD=1 _RELPRO_COMPLETE=bash_complete"
    done = subprocess.run(
        ["bash", "-c", f"{asked} {shlex.quote(sys.executable)} -m relpro"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stdout == "plain,decision\n"
