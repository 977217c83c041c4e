"""Takes a checkout and a git command, gives git's output."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from relpro.errors import Diagnostic, RelproError


def run_git(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run git in the checkout at `root`. Raises `RelproError` (Q711) if git is not installed.

    If a signal ends the wait, git and its child processes get a chance to remove incomplete files.
    """
    command = ["git", "-C", str(root), *words]
    try:
        process = subprocess.Popen(
            command,
            encoding="utf-8",
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        what = f"git cannot be run: {(error.strerror or str(error)).lower()}"
        remedy = "install git, or compare graph files or checkouts by their folders"
        raise RelproError(Diagnostic("Q711", what, remedy=remedy)) from None
    with process:
        try:
            out, err = process.communicate()
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def ask_git(root: Path, *words: str) -> str | None:
    """The output of a git command; None if it failed."""
    done = run_git(root, *words)
    return done.stdout.strip() if done.returncode == 0 else None
