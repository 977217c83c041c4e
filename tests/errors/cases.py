"""Takes a case of a broken project, gives what relpro says of it.

A case is `cases/NAME.yml`: what it is about, the files in which its project differs from `_base`
(`null` takes a file away), and the command. What is to be said stands in `cases/NAME.txt`.
"""

import gc
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
import yaml

from relpro.cli import main

HERE = Path(__file__).parent
CASES = HERE / "cases"
BASE = HERE / "_base"


@attrs.frozen
class Case:
    """A broken project, and the command that meets it."""

    name: str
    about: str
    command: str
    files: dict[str, str | bytes | None]

    @property
    def golden(self) -> Path:
        """Where it stands what is to be said."""
        return CASES / f"{self.name}.txt"

    def write(self, root: Path) -> None:
        """Make the project in an empty folder."""
        shutil.copytree(BASE, root, dirs_exist_ok=True)
        for name, content in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)


def read_cases() -> Iterator[Case]:
    """Every case, by name."""
    for path in sorted(CASES.glob("*.yml")):
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        default = "graph -p parameters.yml --stage full"
        yield Case(path.stem, said["about"], said.get("command", default), said.get("files", {}))


def run(case: Case, root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> str:
    """The exit code and what is said on standard error, with `/project` for the project's folder.

    A project's transforms are forgotten afterwards: a process knows one project, and this one
    plays many.
    """
    case.write(root)
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["relpro", *shlex.split(case.command)])
    before = set(sys.modules)
    code: int | str | None = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code
    finally:
        gc.enable()
        for name in set(sys.modules) - before:
            if name.partition(".")[0] == "widget_transforms":
                del sys.modules[name]
    said = capfd.readouterr().err.replace(str(root), "/project")
    return f"exit {code}\n{said}"
