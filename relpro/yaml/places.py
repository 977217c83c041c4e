"""Takes a document's containers as they are read, gives the place of every path in it.

The index has the structure of the document: an anchored container is indexed once, however many
aliases refer to it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Path = tuple[Any, ...]
#: Line and column, both from 1.
Place = tuple[int, int]


def pack(line: int, column: int) -> int:
    """A line and a column, both from 0, as one number: a third of the size of a tuple."""
    return (line << 32) + column


def unpack(packed: int) -> Place:
    """The line and column, both from 1, of a number made by `pack`."""
    return (packed >> 32) + 1, (packed & 0xFFFF_FFFF) + 1


class Node(NamedTuple):
    """The places of a container's parts (packed), and the containers among these parts.

    The place of a mapping's part is that of its key.
    """

    starts: dict[Any, int]
    inner: dict[Any, "Node"]


class Places(Mapping[Path, Place]):
    """Path in a document -> the place of its key or list item."""

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
