"""Takes a case of a broken project, gives what relpro says of it.

A case is `golden/NAME.yml`: what it is about, how its project differs from `_base`, and the
command. `files` are whole files (`null` takes one away), `edits` replace one text of a file by
another. What is to be said stands in `golden/NAME.txt`.
"""

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
CASES = HERE / "golden"
BASE = HERE / "_base"


@attrs.frozen
class Case:
    """A broken project, and the command that meets it."""

    name: str
    about: str
    command: str
    files: dict[str, str | bytes | None]
    edits: dict[str, dict[str, str]]

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
        for name, changes in self.edits.items():
            path = root / name
            text = path.read_text(encoding="utf-8")
            for old, new in changes.items():
                assert text.count(old) == 1, f"{self.name}: `{old}` is not once in {name}"
                text = text.replace(old, new)
            path.write_text(text, encoding="utf-8")


def read_cases() -> Iterator[Case]:
    """Every case, by name."""
    for path in sorted(CASES.glob("*.yml")):
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        default = "graph -p parameters.yml --stage full"
        yield Case(
            path.stem,
            said["about"],
            said.get("command", default),
            said.get("files", {}),
            said.get("edits", {}),
        )


def run(
    case: Case, root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> str:
    """The exit code and what is said on standard error, with `/project` for the project's folder.

    A project's transforms are forgotten afterwards: a process knows one project, and this one
    plays many.
    """
    case.write(root)
    monkeypatch.chdir(root)
    for name in ("TASKCLUSTER_ROOT_URL", "TASKCLUSTER_PROXY_URL", "TASK_ID", "GECKO_TASKS_FOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "argv", ["relpro", *shlex.split(case.command)])
    before = set(sys.modules)
    code: int | str | None = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code
    finally:
        for name in set(sys.modules) - before:
            if name.partition(".")[0] == "widget_transforms":
                del sys.modules[name]
    said = capfd.readouterr().err.replace(str(root), "/project")
    return f"exit {code}\n{said}"
