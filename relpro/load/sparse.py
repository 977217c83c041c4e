"""Takes a project and folders of it, gives tracked files there that a sparse checkout leaves out.

Without those files the graph would silently be smaller.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from relpro.errors import Diagnostic, Origin
from relpro.load.vcs import skipped_files


def left_out(root: Path, *folders: str) -> Iterator[Diagnostic]:
    """A diagnostic (K225) for each folder, or single file, that is missing."""
    files = left_out_files(root, *folders)
    yield from missing(dict.fromkeys(_highest(root, path) for path in files))


def left_out_files(root: Path, *folders: str) -> tuple[str, ...]:
    """The missing files of some folders, by their paths from `root`.

    git is called only if the checkout is sparse.
    """
    return skipped_files(root, folders) if _is_sparse(root) else ()


def missing(paths: Iterable[str]) -> Iterator[Diagnostic]:
    """A diagnostic (K225) for each folder or file."""
    for path in paths:
        what = f"`{path}` is in git and not in this checkout, which is sparse"
        why = "what it holds would be missing from the graph, without a word"
        remedy = f"git sparse-checkout add {path}"
        yield Diagnostic("K225", what, (Origin(path),), why=why, remedy=remedy)


def _highest(root: Path, path: str) -> str:
    """The topmost missing folder; the file itself if none of its folders is missing."""
    names = path.split("/")
    above = ("/".join(names[:length]) for length in range(1, len(names)))
    return next((folder for folder in above if not (root / folder).is_dir()), path)


def _is_sparse(root: Path) -> bool:
    """Whether the checkout is sparse. Source: git, gitrepository-layout."""
    for folder in (root, *root.parents):
        git = folder / ".git"
        if git.is_dir():
            return (git / "info" / "sparse-checkout").is_file()
        if git.is_file():
            # Of a second working tree: `gitdir: PATH`, relative to this folder or not.
            named = git.read_text(errors="replace").removeprefix("gitdir:").strip()
            return (folder / named / "info" / "sparse-checkout").is_file()
    return False
