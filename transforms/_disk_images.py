"""Writing attribution codes into Mac disk images with reserved space."""

from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname
from urllib.parse import quote

#: The marker of the reserved space, and its size, marker included (gecko,
#: gecko_taskgraph/util/partners.py).
_MARK = "__MOZCUSTOM__"
_ROOM = 1010

#: The path of the program in its unpacked toolchain.
_PROGRAM = "/builds/worker/fetches/dmg/dmg"


def attribute_images(orders: Iterable[Mapping[str, str]]) -> str:
    """The line that makes `output` from `input` with the code `attribution`, for each order."""
    return " && ".join(dict.fromkeys(_commands(orders)))


def _commands(orders: Iterable[Mapping[str, str]]) -> Iterator[str]:
    for one in orders:
        yield f"mkdir -p {dirname(one['output'])}"
        code = f"{_MARK}{quote(one['attribution'])}".ljust(_ROOM, "\t")
        yield f"{_PROGRAM} attribute {one['input']} {one['output']} {_MARK} '{code}'"
