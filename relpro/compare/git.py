"""Takes a checkout and the words of a git command, gives what git said."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path


def run_git(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run git in the checkout at `root`; code 127 where there is no git.

    Where a signal ends the wait, git and what it has started are ended as well, gently: git then
    takes away what it has half made.
    """
    command = ["git", "-C", str(root), *words]
    try:
        process = subprocess.Popen(
            command,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 127, "", "git is not installed")
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
    """What a git command printed; None where it failed."""
    done = run_git(root, *words)
    return done.stdout.strip() if done.returncode == 0 else None
