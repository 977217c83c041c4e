"""Takes a document's containers as they are read, gives the place of every path in it.

The index has the shape of the document: a container that stands behind an anchor is indexed once,
however many aliases lead to it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Path = tuple[Any, ...]
#: Line and column, both from 1.
Place = tuple[int, int]

#: A place is kept as one number, which takes a third of the memory of a pair.
_COLUMNS = 1 << 24


def pack(line: int, column: int) -> int:
    """One number for a line and column that count from 0, as libyaml gives them."""
    return (line + 1) * _COLUMNS + min(column + 1, _COLUMNS - 1)


def unpack(packed: int) -> Place:
    """The line and column, from 1, in what `pack` gave."""
    return divmod(packed, _COLUMNS)


class Node(NamedTuple):
    """Where the parts of one container start (packed), and the containers among its parts.

    The part of a mapping starts at its key.
    """

    starts: dict[Any, int]
    inner: dict[Any, "Node"]


class Places(Mapping[Path, Place]):
    """Path in a document -> the place of the key, or of the item, that it leads to."""

    __slots__ = ("_root", "_start")

    def __init__(self, start: int, root: Node) -> None:
        self._start = start
        self._root = root

    def __getitem__(self, path: Path) -> Place:
        start, node = self._start, self._root
        for step in path:
            start = node.starts[step]
            node = node.inner.get(step, LEAF)
        return unpack(start)

    def __iter__(self) -> Iterator[Path]:
        yield ()
        yield from _paths(self._root, ())

    def __len__(self) -> int:
        return 1 + sum(1 for _ in _paths(self._root, ()))


#: The node of every scalar.
LEAF = Node({}, {})


def _paths(node: Node, above: Path) -> Iterator[Path]:
    for step in node.starts:
        yield (*above, step)
        if step in node.inner:
            yield from _paths(node.inner[step], (*above, step))
