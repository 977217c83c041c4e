"""Takes a project, gives a digest of every file on which its tasks depend."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from relpro.errors import Diagnostic, Origin, raise_all
from relpro.project import Project


def tree_digests(project: Project) -> Mapping[str, str]:
    """Path below the root -> SHA-256 of the content, sorted by path.

    The files are kinds and transforms, files from which parameters are read, and those of the tree
    that transforms requested: call this after the graph is made. Raises `RelproError` (K237).
    """
    root = project.root.resolve()
    folders = (root / "kinds", root / project.config.transforms_package)
    paths = {*project.input_files, *(path for one in folders for path in _files(one))}
    files = sorted(path.relative_to(root).as_posix() for path in paths)
    raise_all(_unnamable(files))
    digests = {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in files}
    asked = {path: file.digest for path, file in project.tree.seen.items()}
    return dict(sorted({**asked, **digests}.items()))


def _unnamable(files: Iterable[str]) -> Iterator[Diagnostic]:
    """A diagnostic for each name that JSON cannot represent, since a plan lists every file."""
    for name in files:
        shown = os.fsencode(name).decode(errors="backslashreplace")
        if shown != name:
            what = f"the name of `{shown}` is not UTF-8"
            yield Diagnostic("K237", what, (Origin(shown),), remedy="rename the file")


def _files(folder: Path) -> Iterator[Path]:
    """The files of a folder, without caches of Python and backups of editors."""
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and "__pycache__" not in path.parts:
            yield path
