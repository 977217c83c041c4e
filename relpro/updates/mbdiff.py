"""Takes two contents of a file; gives the patch that updaters read, or applies it.

The form is MBDIFF10: a header of 32 bytes, big-endian (tag, length and CRC of the source, length of
the target, lengths of the three blocks), then the uncompressed control, diff and extra blocks; the
archive compresses the patch. `bsdiff4` computes the difference.
"""

import struct
import zlib
from collections.abc import Iterator

from bsdiff4 import core

_TAG = b"MBDIFF10"
_HEADER = struct.Struct(">8s6I")

#: One step: add that many bytes of the diff block, copy that many of the extra block, then seek.
_STEP = struct.Struct(">IIi")

#: Bytes of a number in the control block of `bsdiff4`: little-endian, with a sign bit.
_NUMBER = 8

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def make_patch(source: bytes, target: bytes) -> bytes:
    """The patch from `source` to `target`."""
    blocks: tuple[bytes, bytes, bytes] = core.diff(source, target)
    control, diff, extra = blocks
    steps = b"".join(_STEP.pack(*step) for step in _steps(control))
    sizes = (len(source), crc(source), len(target), len(steps), len(diff), len(extra))
    return _HEADER.pack(_TAG, *sizes) + steps + diff + extra


def apply_patch(source: bytes, patch: bytes) -> bytes:
    """The result of a patch for `source`.

    Raises ValueError for a wrong source or a damaged patch.
    """
    if len(patch) < _HEADER.size:
        raise ValueError("the patch is cut")
    tag, length, checksum, target, *sizes = _HEADER.unpack_from(patch)
    if tag != _TAG or len(patch) != _HEADER.size + sum(sizes):
        raise ValueError("the patch is damaged")
    if len(source) != length or crc(source) != checksum:
        raise ValueError("the patch is for another file")
    steps_end = _HEADER.size + sizes[0]
    diff_end = steps_end + sizes[1]
    steps = patch[_HEADER.size : steps_end]
    control = b"".join(_encoded(number) for step in _STEP.iter_unpack(steps) for number in step)
    made: bytes = core.patch(source, target, control, patch[steps_end:diff_end], patch[diff_end:])
    return made


def crc(content: bytes) -> int:
    """CRC-32/BZIP2: the polynomial of zip, with reversed bit order."""
    reflected = zlib.crc32(content.translate(_REVERSED))
    return int(f"{reflected:032b}"[::-1], 2)


def _steps(control: bytes) -> Iterator[tuple[int, ...]]:
    numbers = [
        _decoded(control[place : place + _NUMBER]) for place in range(0, len(control), _NUMBER)
    ]
    for place in range(0, len(numbers), 3):
        yield tuple(numbers[place : place + 3])


def _decoded(text: bytes) -> int:
    number = int.from_bytes(text, "little")
    sign = 1 << (8 * _NUMBER - 1)
    return -(number - sign) if number & sign else number


def _encoded(number: int) -> bytes:
    sign = 1 << (8 * _NUMBER - 1)
    return (abs(number) | (sign if number < 0 else 0)).to_bytes(_NUMBER, "little")
