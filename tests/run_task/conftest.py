"""A repository as projects have, and the programs as tasks start them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest

from relpro.run_task import PROGRAMS

IDENTITY = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]


def git(folder: Path, *arguments: str) -> str:
    """Run git, give what it writes."""
    done = subprocess.run(
        ["git", *IDENTITY, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@attrs.frozen
class Ended:
    """How a program ended."""

    status: int
    lines: list[str]

    @property
    def last(self) -> str:
        return self.lines[-1]


def environment(**more: str) -> dict[str, str]:
    """The environment of a task: nothing of the tester's git."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "protocol.file.allow",
        "GIT_CONFIG_VALUE_0": "always",
        "FETCH_RETRY_DELAY": "0.01",
        **more,
    }


def start(program: str, *words: str, cwd: Path, python: str = sys.executable, **more: Any) -> Any:
    """Start a program of tasks. `environ` in `more` is its whole environment."""
    environ = more.pop("environ", None) or environment()
    return subprocess.Popen(
        [python, "-u", str(PROGRAMS[program]), *words],
        cwd=cwd,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **more,
    )


def execute(program: str, *words: str, cwd: Path, **more: Any) -> Ended:
    """Run a program of tasks to its end."""
    process = start(program, *words, cwd=cwd, **more)
    output, _ = process.communicate(timeout=60)
    return Ended(process.returncode, output.splitlines())


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository: `main` with three commits, one of them amended away, and a submodule."""
    root = tmp_path_factory.mktemp("origin")
    library = root / "library"
    library.mkdir()
    git(library, "init", "-q", "-b", "main")
    (library / "lib.c").write_text("int lib;\n")
    git(library, "add", ".")
    git(library, "commit", "-qm", "library")
    project = root / "project"
    project.mkdir()
    git(project, "init", "-q", "-b", "main")
    for number in (1, 2):
        (project / "app.c").write_text(f"int version = {number};\n")
        git(project, "add", ".")
        git(project, "commit", "-qm", f"version {number}")
        git(project, "tag", f"v{number}")
    (project / "app.c").write_text("int version = 99;\n")
    git(project, "commit", "-qam", "mistake")
    (root / "lost").write_text(git(project, "rev-parse", "HEAD"))
    git(project, "reset", "-q", "--hard", "HEAD~1")
    (project / "app.c").write_text("int version = 3;\n")
    git(project, "commit", "-qam", "version 3")
    git(project, "checkout", "-qb", "with-library")
    git(project, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library), "lib")
    git(project, "commit", "-qm", "library")
    git(project, "checkout", "-q", "main")
    return project
