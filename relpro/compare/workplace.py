"""Provides a temporary folder, and in it a temporary worktree of a commit.

The user's own tree, branches and worktrees are never changed. The folder is locked while its
process lives: an unlocked folder was left by a killed process, and is removed before the next
worktree of the same repository is made.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relpro.compare.git import ask_git, run_git
from relpro.errors import Diagnostic, RelproError

_PREFIX = "relpro-diff-"
_LOCK = "lock"


@contextmanager
def workplace() -> Iterator[Path]:
    """A temporary folder of this process, removed at the end."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder


@contextmanager
def worktree(root: Path, commit: str, folder: Path) -> Iterator[Path]:
    """A worktree of `commit` inside a workplace. Raises `RelproError` (Q711)."""
    _remove_leftovers(root)
    tree = folder / f"tree-{commit[:12]}"
    try:
        _add(root, tree, commit)
        yield tree
    finally:
        _remove(root, tree)


def _add(root: Path, tree: Path, commit: str) -> None:
    # A hook of the user would not know the purpose of this checkout.
    words = ("-c", f"core.hooksPath={os.devnull}", "worktree", "add", "--quiet", "--detach")
    done = run_git(root, *words, str(tree), commit)
    if done.returncode:
        what = f"revision `{commit[:12]}` cannot be checked out: {done.stderr.strip()}"
        raise RelproError(Diagnostic("Q711", what))


def _remove(root: Path, tree: Path) -> None:
    """Remove a worktree, on disk and from the repository's list.

    git continues if the folder no longer exists. `worktree prune` would do the same, but also
    forget the user's worktrees on a disk that is not mounted at the moment.
    """
    words = ("worktree", "remove", "--force", "--force", str(tree))
    if run_git(root, *words).returncode:
        shutil.rmtree(tree, ignore_errors=True)
        run_git(root, *words)


def _remove_leftovers(root: Path) -> None:
    """Remove the worktrees of processes that were killed."""
    listed = ask_git(root, "worktree", "list", "--porcelain") or ""
    for line in listed.splitlines():
        word, _, path = line.partition(" ")
        tree = Path(path)
        ours = word == "worktree" and tree.parent.name.startswith(_PREFIX)
        if ours and tree.name.startswith("tree") and not _is_in_use(tree.parent):
            _remove(root, tree)
            shutil.rmtree(tree.parent, ignore_errors=True)


def _is_in_use(folder: Path) -> bool:
    """Whether the process that made a folder is still alive."""
    try:
        with (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
