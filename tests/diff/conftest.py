"""A small project in a repository of its own, and a command line beside it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from relpro.cli import main

NOTES = Path(__file__).parents[1] / "adopter" / "repo"
#: Commits are nobody's, and the settings of whoever runs the tests do not matter.
ENVIRONMENT = {
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
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def git(self, *words: str) -> str:
        command = ["git", "-C", str(self.root), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
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
        """Start a command: in a group of its own, with everything that it starts."""
        command = [sys.executable, "-m", "relpro", *words]
        return subprocess.Popen(
            command,
            cwd=self.root,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a command, run in this process."""
        self.monkeypatch.setattr(sys, "argv", ["relpro", *words])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = self.capsys.readouterr()
        return code, out, err

    def graph(self, *words: str) -> str:
        """What `relpro graph` prints: in a process of its own, which imports the transforms."""
        process = self.start("graph", *words)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out

    def out(self, *words: str) -> str:
        code, out, err = self.run(*words)
        assert code == 0, err
        return out


@pytest.fixture
def notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repository:
    """The project of `tests/adopter`, committed on branch `main`; it is the current folder."""
    root = tmp_path / "notes"
    shutil.copytree(NOTES, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / ".gitignore").write_text("__pycache__/\n")
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(root)
    repository = Repository(root, monkeypatch, capsys)
    repository.git("init", "-q", "-b", "main")
    repository.commit()
    return repository
