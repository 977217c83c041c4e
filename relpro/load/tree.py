"""Takes a checkout and patterns, gives the files of the tree that they match, and records each.

Files of the tree are an input of the generation: each is read once, as git would commit it, and
recorded (`Tree.seen`), so that a plan lists every file on which its graph depends.
"""

import hashlib
import os
import re
import stat
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path

import attrs

from relpro.errors import raise_all
from relpro.load.sparse import left_out_files, missing
from relpro.load.vcs import committable_files
from relpro.values.globs import Glob, Globs

#: Modes of files. Source: git, the entries of a tree.
PLAIN, EXECUTABLE, LINK = "100644", "100755", "120000"

#: The special characters of patterns.
_SPECIAL = re.compile(r"[*?\[]")

#: Sorts behind every character of a path.
_LAST = chr(sys.maxunicode)

#: Folders that are never part of a repository.
_NEVER = frozenset({".git", ".hg", "__pycache__"})


@attrs.frozen(slots=False)
class TreeFile:
    """A file of the tree: its path below the root, its mode as in git, its content.

    The content of a link is its target; links are never followed.
    """

    path: str
    mode: str
    content: bytes = attrs.field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, over mode and content."""
        return hashlib.sha256(self.mode.encode() + b"\0" + self.content).hexdigest()


@attrs.frozen(eq=False, repr=False, slots=False)
class Tree:
    """The files of a project. `listed` gives their paths, `load` reads one of them.

    `left_out` gives the paths that a sparse checkout leaves out: looking for one of them is an
    error, because the result would silently lack it.
    """

    listed: Callable[[], Iterable[str]]
    load: Callable[[str], TreeFile]
    left_out: Callable[[], Sequence[str]] = tuple
    _seen: dict[str, TreeFile] = attrs.field(factory=dict, init=False)
    _found: dict[tuple[str, ...], tuple[TreeFile, ...]] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, root: Path) -> "Tree":
        """The tree on disk below `root`: the files that git would commit.

        Without git, all files.
        """
        return cls(partial(_paths, root), partial(_read, root), partial(left_out_files, root, "."))

    @classmethod
    def written(cls, files: Mapping[str, str | bytes]) -> "Tree":
        """A tree of plain files that are given by their paths, for tests."""

        def load(path: str) -> TreeFile:
            content = files[path]
            return TreeFile(path, PLAIN, content.encode() if isinstance(content, str) else content)

        return cls(files.keys, load)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every path of the tree, sorted."""
        return tuple(sorted(self.listed()))

    @cached_property
    def _missing(self) -> tuple[str, ...]:
        return tuple(self.left_out())

    def _demand_here(self, match: Callable[[str], bool]) -> None:
        raise_all(missing(tuple(filter(match, self._missing))))

    @property
    def seen(self) -> Mapping[str, TreeFile]:
        """Path -> file, for everything that has been read so far."""
        return self._seen

    def apart(self) -> "Tree":
        """The same tree with a separate `seen`, for the files that are read through it."""
        return Tree(lambda: self.paths, self.file, lambda: self._missing)

    def is_same(self, noted: "Tree") -> bool:
        """Whether everything that another tree has `seen` is the same in this one."""
        # Every search for a file, successful or not, reads `paths`.
        is_asked = "paths" in vars(noted)
        return (not is_asked or self.paths == noted.paths) and all(
            self.file(path) == file for path, file in noted.seen.items()
        )

    def files(self, patterns: Sequence[str]) -> tuple[TreeFile, ...]:
        """The files that patterns match together (`relpro.values.globs`), sorted by path.

        Raises `RelproError` (K225) if a sparse checkout leaves one out; so do `find` and `holds`.
        """
        key = tuple(patterns)
        if key not in self._found:
            globs = Globs.of(key)
            self._demand_here(globs.match)
            near = {path for one in key if not one.startswith("!") for path in self._near(one)}
            self._found[key] = tuple(self.file(path) for path in sorted(near) if globs.match(path))
        return self._found[key]

    def find(self, path: str) -> TreeFile | None:
        """The file at a path; None if there is none."""
        self._demand_here(path.__eq__)
        at = bisect_left(self.paths, path)
        return self.file(path) if self.paths[at : at + 1] == (path,) else None

    def holds(self, pattern: str) -> bool:
        """Whether a pattern matches any file."""
        glob = Glob.of(pattern)
        self._demand_here(glob.match)
        return any(glob.match(path) for path in self._near(pattern))

    def _near(self, pattern: str) -> Sequence[str]:
        """The paths with the literal prefix of a pattern, to avoid matching every path."""
        start = _SPECIAL.split(pattern.removesuffix("/"), maxsplit=1)[0]
        first = bisect_left(self.paths, start)
        return self.paths[first : bisect_left(self.paths, start + _LAST, first)]

    def file(self, path: str) -> TreeFile:
        """The file at a path of the tree."""
        if path not in self._seen:
            self._seen[path] = self.load(path)
        return self._seen[path]


def _paths(root: Path) -> Iterable[str]:
    listed = committable_files(root)
    # A pipe is not a file, nor is the folder of a submodule.
    for path in _walked(root) if listed is None else listed:
        if (root / path).is_symlink() or (root / path).is_file():
            yield path


def _walked(root: Path) -> Iterable[str]:
    for folder, inner, files in os.walk(root):
        links = [name for name in inner if Path(folder, name).is_symlink()]
        inner[:] = [name for name in inner if name not in _NEVER]
        for name in (*files, *links):
            yield Path(folder, name).relative_to(root).as_posix()


def _read(root: Path, path: str) -> TreeFile:
    file = root / path
    if file.is_symlink():
        return TreeFile(path, LINK, os.fsencode(file.readlink()))
    mode = EXECUTABLE if file.stat().st_mode & stat.S_IXUSR else PLAIN
    return TreeFile(path, mode, file.read_bytes())
