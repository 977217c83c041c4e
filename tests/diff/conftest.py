"""A small project in a repository of its own, and a command line beside it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

NOTES = Path(__file__).parents[1] / "adopter" / "repo"
ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "author",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "author",
    "GIT_COMMITTER_EMAIL": "author@example.com",
}


@attrs.frozen
class Repository:
    """A repository on disk."""

    root: Path

    def git(self, *words: str) -> str:
        command = ["git", "-C", str(self.root), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)
        return done.stdout

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def start(self, *words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "relpro", *words]
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=ENVIRONMENT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        process = self.start(*words)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def out(self, *words: str) -> str:
        code, out, err = self.run(*words)
        assert code == 0, err
        return out


MakeRepository = Callable[[], Repository]


@pytest.fixture
def notes(tmp_path: Path) -> Repository:
    """The project of `tests/adopter`, committed on branch `main`."""
    root = tmp_path / "notes"
    shutil.copytree(NOTES, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / ".gitignore").write_text("__pycache__/\n")
    repository = Repository(root)
    repository.git("init", "-q", "-b", "main")
    repository.commit()
    return repository
