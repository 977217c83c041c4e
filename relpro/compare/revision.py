"""Takes a checkout and the name of a revision, gives a temporary worktree of that revision.

The user's own tree and branches stay as they are, whatever happens.
"""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from relpro.errors import Diagnostic, RelproError

#: Where the main branch may be found, most telling first.
_MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def find_revision(root: Path, name: str) -> str | None:
    """The commit that `name` stands for in the checkout at `root`; None where there is none."""
    return _git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")


def merge_base(root: Path) -> str:
    """The commit where the current branch left the main branch. Raises `RelproError` (Q711)."""
    main = next((name for name in _MAIN if find_revision(root, name)), None)
    base = _git(root, "merge-base", "HEAD", main) if main else None
    if base is None:
        what = f"no common ancestor with {f'`{main}`' if main else 'a main branch'} is known"
        remedy = "name a revision to compare with, or fetch more of the history"
        raise RelproError(Diagnostic("Q711", what, remedy=remedy))
    return base


def toplevel(root: Path) -> Path | None:
    """The top folder of the checkout that `root` lies in; None where it is no checkout."""
    found = _git(root, "rev-parse", "--show-toplevel")
    return Path(found) if found else None


@contextmanager
def worktree(root: Path, commit: str) -> Iterator[Path]:
    """A temporary worktree of `commit`, taken away in the end. Raises `RelproError` (Q711)."""
    with tempfile.TemporaryDirectory(prefix="relpro-diff-", ignore_cleanup_errors=True) as folder:
        tree = Path(folder) / "tree"
        try:
            _add(root, tree, commit)
            yield tree
        finally:
            with _undisturbed():
                _remove(root, tree)


def _add(root: Path, tree: Path, commit: str) -> None:
    # A hook of the user's would not know what this checkout is for.
    words = ("-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", "--detach")
    done = _run(root, *words, str(tree), commit)
    if done.returncode:
        what = f"revision `{commit[:12]}` cannot be checked out: {done.stderr.strip()}"
        raise RelproError(Diagnostic("Q711", what))


def _remove(root: Path, tree: Path) -> None:
    if _run(root, "worktree", "remove", "--force", "--force", str(tree)).returncode:
        shutil.rmtree(tree, ignore_errors=True)
        _run(root, "worktree", "prune")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No signal stops what runs inside: it is short, and leaves nothing behind."""
    before = {one: signal.signal(one, signal.SIG_IGN) for one in (signal.SIGINT, *_SIGNALS)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """A signal to end raises `SystemExit`, so that everything temporary is taken away."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {one: signal.signal(one, stop) for one in _SIGNALS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _git(root: Path, *words: str) -> str | None:
    done = _run(root, *words)
    return done.stdout.strip() if done.returncode == 0 else None


def _run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(root), *words]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 127, "", "git is not installed")
