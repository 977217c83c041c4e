"""Takes a folder; gives its installation: the content and the mode of each file."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from relpro.updates.archives import APPLICATION, read_application

#: The mode of a program, and of any other file.
PROGRAM, FILE = 0o755, 0o644


@attrs.frozen
class Leaf:
    """A file of an installation: its content, and whether it is a program."""

    content: bytes = attrs.field(repr=False)
    mode: int = FILE


#: Path below the folder, with `/` -> file; in order of paths.
Tree = Mapping[str, Leaf]


def read_tree(folder: Path) -> Tree:
    """Every file below a folder; links are followed. Raises `OSError`."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _leaf(path) for path in files}


def _leaf(path: Path) -> Leaf:
    return Leaf(path.read_bytes(), PROGRAM if path.stat().st_mode & 0o100 else FILE)


def write_tree(tree: Tree, folder: Path) -> None:
    """Write every file below a folder. Raises `OSError`."""
    for name, leaf in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(leaf.content)
        path.chmod(leaf.mode)


def build_of(tree: Tree) -> tuple[str, str]:
    """Version and build id of an installation; empty if unknown. Raises ValueError."""
    for name, leaf in tree.items():
        if name.rpartition("/")[2] == APPLICATION:
            told = read_application(leaf.content)
            return told.get("version", ""), told.get("buildid", "")
    return "", ""


def differences(found: Tree, wanted: Tree) -> Iterator[str]:
    """The differences between two trees, by path, in words."""
    for name in sorted({*found, *wanted}):
        if name not in wanted:
            yield f"`{name}` is left over"
        elif name not in found:
            yield f"`{name}` is missing"
        elif found[name].content != wanted[name].content:
            yield f"`{name}` has another content"
        elif found[name].mode != wanted[name].mode:
            yield f"`{name}` is {'no' if wanted[name].mode == PROGRAM else 'a'} program"
