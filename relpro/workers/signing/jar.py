"""Takes the archive of a language pack or extension, signs it like a JAR file.

    META-INF/MANIFEST.MF      the digest of each file
    META-INF/SIGNATURE.SF     the digest of the manifest
    META-INF/SIGNATURE.RSA    the signature of SIGNATURE.SF, in CMS

Source: JAR File Specification, Signed JAR File. Files keep their order and bytes.
"""

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from relpro.workers.errand import Failed
from relpro.workers.keys import SigningKeys
from relpro.workers.signing import cms

_FOLDER = "META-INF/"
_NAMES = (f"{_FOLDER}MANIFEST.MF", f"{_FOLDER}SIGNATURE.SF", f"{_FOLDER}SIGNATURE.RSA")

#: The maximum length of a line, in bytes; a longer one continues after a space.
_LINE = 72

#: The date of added files, so that the same archive gives the same bytes.
_DATE = (2010, 1, 1, 0, 0, 0)


def sign(path: Path, keys: SigningKeys) -> None:
    """Sign an archive in place, replacing an earlier signature.

    Raises `Failed` if it is no archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [one for one in archive.infolist() if not one.filename.startswith(_FOLDER)]
            files = [(one, archive.read(one)) for one in infos]
    except (zipfile.BadZipFile, NotImplementedError):
        raise Failed(f"`{path.name}` is not an archive that can be signed") from None
    entries = (_section(one.filename, content) for one, content in files if not one.is_dir())
    manifest = b"Manifest-Version: 1.0\r\n\r\n" + b"".join(entries)
    signature = _lines("Signature-Version: 1.0", f"SHA-256-Digest-Manifest: {_digest(manifest)}")
    with zipfile.ZipFile(path, "w") as archive:
        contents = (manifest, signature, cms.sign(signature, keys))
        for name, content in zip(_NAMES, contents, strict=True):
            info = zipfile.ZipInfo(name, _DATE)
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        for one, content in files:
            archive.writestr(one, content)


def _section(name: str, content: bytes) -> bytes:
    return _lines(f"Name: {name}", f"SHA-256-Digest: {_digest(content)}")


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _lines(*lines: str) -> bytes:
    """A section of lines of limited length."""
    return b"".join(part + b"\r\n" for line in lines for part in _parts(line.encode())) + b"\r\n"


def _parts(line: bytes) -> Iterator[bytes]:
    yield line[:_LINE]
    for start in range(_LINE, len(line), _LINE - 1):
        yield b" " + line[start : start + _LINE - 1]
