"""Takes a MAR, an update archive; gives its metadata.

Source: the layout that the public `mar` package (module `mardor`) reads and writes.
"""

import hashlib
import lzma
import re
import struct
from configparser import ConfigParser
from configparser import Error as IniError
from pathlib import Path
from typing import BinaryIO

import attrs

from relpro.errors import Diagnostic, Origin, RelproError

_MAGIC = b"MAR1"

#: The additional section with channels and version.
_PRODUCT = 1

#: The members with update instructions, and with metadata of the build.
_MANIFESTS = ("updatev3.manifest", "updatev2.manifest")
APPLICATION = "application.ini"

#: The most bytes read from one of these members, compressed or not.
_LARGEST_MEMBER = 10_000_000

#: The most entries of an index: a real archive has some hundred files.
_LARGEST_INDEX = 100_000_000

#: Two versions at the end of a name are those from and to which a partial update goes.
_PARTIAL_NAME = re.compile(r"-([0-9][^-]*)-([0-9][^-]*)\.partial\.mar")


@attrs.frozen
class Archive:
    """A MAR: `kind` is complete or partial, `size` in bytes; missing metadata is empty.

    `channels` are the names of channels whose clients accept it, `origin` is the version from which
    a partial update starts.
    """

    kind: str
    size: int
    sha512: str
    version: str
    channels: tuple[str, ...]
    build_id: str = ""
    origin: str = ""


def read_archive(path: Path) -> Archive:
    """The metadata of a MAR. Raises `RelproError` (U802) if the file is no MAR."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            channels, version = _product(file, size)
            members = _index(file)
            manifest = next((one for one in _MANIFESTS if one in members), "")
            first = _member(file, members[manifest]).partition(b"\n")[0] if manifest else b""
            told = _build(file, members)
            digest = hashlib.file_digest(file, "sha512") if file.seek(0) == 0 else None
    except OSError as error:
        raise _none(path, error.strerror or str(error)) from error
    except (struct.error, ValueError, lzma.LZMAError, EOFError) as error:
        raise _none(path, str(error)) from error
    assert digest is not None
    name = _PARTIAL_NAME.search(path.name)
    is_partial = b'"partial"' in first or (not first and name is not None)
    return Archive(
        kind="partial" if is_partial else "complete",
        size=size,
        sha512=digest.hexdigest(),
        version=told.get("version", version),
        channels=channels,
        build_id=told.get("buildid", ""),
        origin=name[1] if name and is_partial else "",
    )


def _product(file: BinaryIO, size: int) -> tuple[tuple[str, ...], str]:
    """Channels and version, from the section after the signatures; empty without one."""
    if file.read(4) != _MAGIC:
        raise ValueError("it does not begin as one")
    _, whole = struct.unpack(">IQ", _exactly(file, 12))
    if whole != size:
        raise ValueError(f"it says that it has {whole} bytes, and has {size}")
    (signatures,) = struct.unpack(">I", _exactly(file, 4))
    for _ in range(signatures):
        _, length = struct.unpack(">II", _exactly(file, 8))
        file.seek(length, 1)
    (sections,) = struct.unpack(">I", _exactly(file, 4))
    for _ in range(sections):
        length, kind = struct.unpack(">II", _exactly(file, 8))
        content = _exactly(file, length - 8)
        if kind == _PRODUCT:
            channel, version, _ = content.decode().split("\0", 2)
            return tuple(channel.split(",")), version
    return (), ""


def _index(file: BinaryIO) -> dict[str, tuple[int, int]]:
    """The offset and length of each member."""
    file.seek(4)
    (place,) = struct.unpack(">I", _exactly(file, 4))
    file.seek(place)
    (length,) = struct.unpack(">I", _exactly(file, 4))
    if length > _LARGEST_INDEX:
        raise ValueError("its index has no end")
    rest, members = _exactly(file, length), {}
    while rest:
        start, size, _ = struct.unpack(">III", rest[:12])
        name, _, rest = rest[12:].partition(b"\0")
        members[name.decode()] = (start, size)
    return members


def _member(file: BinaryIO, where: tuple[int, int]) -> bytes:
    """The start of a member, decompressed."""
    file.seek(where[0])
    packed = _exactly(file, min(where[1], _LARGEST_MEMBER))
    if not packed.startswith(b"\xfd7zXZ\0"):
        return packed
    return lzma.LZMADecompressor().decompress(packed, _LARGEST_MEMBER)


def _build(file: BinaryIO, members: dict[str, tuple[int, int]]) -> dict[str, str]:
    """The metadata of the build, if it has such a file: on macOS it is in a folder."""
    for name, where in members.items():
        if name.rpartition("/")[2] == APPLICATION:
            return read_application(_member(file, where))
    return {}


def read_application(content: bytes) -> dict[str, str]:
    """The keys of a build's `application.ini`: `version`, `buildid` and more.

    Raises ValueError.
    """
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(content.decode())
    except IniError as error:
        raise ValueError(f"its {APPLICATION} cannot be read: {error.message}") from None
    return dict(parser["App"]) if parser.has_section("App") else {}


def _exactly(file: BinaryIO, length: int) -> bytes:
    content = file.read(max(length, 0))
    if len(content) != length:
        raise EOFError("it ends too early")
    return content


def _none(path: Path, why: str) -> RelproError:
    remedy = "delete the file, or download it again"
    diagnostic = Diagnostic("U802", f"`{path.name}` is not a MAR: {why}", (Origin(str(path)),))
    return RelproError(attrs.evolve(diagnostic, remedy=remedy))
