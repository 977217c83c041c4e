"""Takes a checkout and the name of a revision, gives the commit."""

from pathlib import Path

from relpro.compare.git import ask_git
from relpro.errors import Diagnostic, RelproError
from relpro.load.vcs import FULL_REVISION

#: Refs of the main branch, in order of preference.
_MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def find_revision(root: Path, name: str) -> str | None:
    """The commit that `name` names in the checkout at `root`; None if there is none."""
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    found = ask_git(root, *words, f"{name}^{{commit}}")
    # For `^main` git prints `^` and the id of the excluded commit.
    return found if found and FULL_REVISION.fullmatch(found) else None


def merge_base(root: Path) -> str:
    """The merge base of the current branch and the main branch. Raises `RelproError` (Q711)."""
    main = next((name for name in _MAIN if find_revision(root, name)), None)
    base = ask_git(root, "merge-base", "HEAD", main) if main else None
    if base is None and find_revision(root, "HEAD") is None:
        what = f"`{root}` is not a git checkout with a commit"
        remedy = "name two checkouts, graph files or folders of artifacts to compare"
        raise RelproError(Diagnostic("Q711", what, remedy=remedy))
    if base is None:
        what = f"no common ancestor with {f'`{main}`' if main else 'a main branch'} is known"
        remedy = "name a revision to compare with, or fetch more of the history"
        raise RelproError(Diagnostic("Q711", what, remedy=remedy))
    return base


def toplevel(root: Path) -> Path | None:
    """The top folder of the checkout that contains `root`; None if it is no checkout."""
    found = ask_git(root, "rev-parse", "--show-toplevel")
    return Path(found) if found else None
