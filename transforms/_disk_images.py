"""How a code is written into disk images of Macs that have room for it."""

from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname
from urllib.parse import quote

#: What stands where the code goes, and how much room there is, the mark included (gecko,
#: gecko_taskgraph/util/partners.py).
_MARK = "__MOZCUSTOM__"
_ROOM = 1010

#: The program, as its toolchain is unpacked.
_PROGRAM = "/builds/worker/fetches/dmg/dmg"


def attribute_images(orders: Iterable[Mapping[str, str]]) -> str:
    """The line that makes `output` of `input` with the code `attribution`, for each order."""
    return " && ".join(dict.fromkeys(_commands(orders)))


def _commands(orders: Iterable[Mapping[str, str]]) -> Iterator[str]:
    for one in orders:
        yield f"mkdir -p {dirname(one['output'])}"
        code = f"{_MARK}{quote(one['attribution'])}".ljust(_ROOM, "\t")
        yield f"{_PROGRAM} attribute {one['input']} {one['output']} {_MARK} '{code}'"
