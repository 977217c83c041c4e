"""How commands end that cannot print, cannot write or are interrupted."""

import errno
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from relpro.cli.ending import tell

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
    assert "Traceback" not in done.stderr or "--traceback" in line
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


def test_of_a_copy_without_room_the_target_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "source", None, "target")
    assert tell(full) == 2
    assert "`target` cannot be used: no space left on device" in capsys.readouterr().err


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


def project_with(transform: str, folder: Path) -> None:
    """The smallest broken project of the messages, with a transform of its own."""
    shutil.copytree(Path(__file__).parents[1] / "errors" / "_base", folder, dirs_exist_ok=True)
    kind = folder / "kinds" / "promote" / "signing.yml"
    added = "[relpro.stock.from_deps, widget_transforms.sign]"
    kind.write_text(kind.read_text().replace("[relpro.stock.from_deps]", added))
    (folder / "widget_transforms").mkdir()
    (folder / "widget_transforms" / "__init__.py").touch()
    lines = ["from relpro import each", "def sign(ctx, task):", f"    {transform}"]
    text = "\n".join((*lines, "transforms = (each(sign),)", ""))
    (folder / "widget_transforms" / "sign.py").write_text(text)


GRAPH = "relpro graph -p parameters.yml --stage full"


def test_the_traceback_of_a_projects_function_is_shown_where_it_is_asked_for(
    tmp_path: Path,
) -> None:
    project_with("return task.attributes['none']", tmp_path)
    code, said = shell(GRAPH, tmp_path)
    assert (code, "`--traceback` shows it from call to call" in said) == (2, True)
    code, said = shell(f"{GRAPH} --traceback", tmp_path)
    message, _, way = said.partition("Traceback (most recent call last):")
    assert (code, message.startswith("error[T410]: ")) == (2, True)
    assert 'sign.py", line 3, in sign' in way
    assert way.endswith("KeyError: 'none'\n")


def test_to_leave_a_debugger_is_to_leave_the_command(tmp_path: Path) -> None:
    project_with("breakpoint(); return task", tmp_path)
    code, said = shell(f"echo q | {GRAPH}", tmp_path)
    assert (code, said) == (130, "interrupted\n")


def test_a_project_without_kinds_is_told_how_to_get_one(tmp_path: Path) -> None:
    project_with("return task", tmp_path)
    for phase in ("build", "promote", "ship"):
        shutil.rmtree(tmp_path / "kinds" / phase)
    code, said = shell("relpro kinds -p parameters.yml", tmp_path)
    assert (code, said) == (0, "no kinds: a file `kinds/<phase>/<kind>.yml` makes one\n")
