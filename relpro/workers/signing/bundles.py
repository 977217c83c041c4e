"""Takes an archive of Mac applications, signs them as far as that is possible without a Mac.

    X.app/Contents/_CodeSignature/CodeResources     the digest of each file, in the form of a Mac
    X.app/Contents/_CodeSignature/CodeSignature     the signature of that, in CMS
    X.app/Contents/CodeResources                    the ticket that a notary staples

Only a Mac's own programs can put a signature into an executable, so no Mac accepts these. An
archive without an application is signed as a whole. Source: Apple, Code Signing Guide;
signingscript, sign.py.
"""

import bz2
import gzip
import hashlib
import lzma
import plistlib
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from relpro.workers.errand import Errand, Failed
from relpro.workers.job import UNAVAILABLE, Unfit
from relpro.workers.keys import SigningKeys
from relpro.workers.signing import cms

_TARS = {".tar.gz": "gz", ".tgz": "gz", ".tar.bz2": "bz2", ".tar.xz": "xz"}

#: Format -> the function that compresses bytes, deterministically.
_PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "gz": lambda content: gzip.compress(content, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
}

_FOLDER, _RESOURCES, _SIGNATURE = "_CodeSignature", "CodeResources", "CodeSignature"
_CONTENTS = "Contents"


def sign(errand: Errand, path: Path, keys: SigningKeys) -> None:
    """Sign the applications in an archive, in place. Raises `Failed` and `Unfit`."""
    _in_each(errand, path, lambda folder: _sign(folder, keys))


def staple(errand: Errand, path: Path, keys: SigningKeys) -> None:
    """Put a notary's ticket into each application of an archive.

    Raises `Failed` if one is not signed, or was changed since.
    """

    def ticket(folder: Path) -> None:
        if not is_signed(folder, keys):
            raise Failed(f"`{folder.parent.name}` is not signed as it is: no notary takes it")
        said = (folder / _FOLDER / _RESOURCES).read_bytes()
        (folder / _RESOURCES).write_bytes(cms.sign(said, keys))

    _in_each(errand, path, ticket)


def is_signed(folder: Path, keys: SigningKeys) -> bool:
    """Whether the contents of an application match its signature by these keys."""
    said = folder / _FOLDER / _RESOURCES
    signature = folder / _FOLDER / _SIGNATURE
    if not said.is_file() or not signature.is_file():
        return False
    # A signature without a time is always the same.
    content = said.read_bytes()
    return content == _resources(folder) and signature.read_bytes() == cms.sign(content, keys)


def is_archive(path: Path) -> bool:
    """Whether the name of a file is that of an archive with applications."""
    return path.name.endswith((*_TARS, ".zip"))


def _sign(folder: Path, keys: SigningKeys) -> None:
    shutil.rmtree(folder / _FOLDER, ignore_errors=True)
    content = _resources(folder)
    (folder / _FOLDER).mkdir()
    (folder / _FOLDER / _RESOURCES).write_bytes(content)
    (folder / _FOLDER / _SIGNATURE).write_bytes(cms.sign(content, keys))


def _resources(folder: Path) -> bytes:
    """The list of digests: of all files except the application's own signatures and tickets."""
    own = (folder / _FOLDER, folder / _RESOURCES)
    files = {
        file.relative_to(folder).as_posix(): {"hash2": hashlib.sha256(file.read_bytes()).digest()}
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not any(file.is_relative_to(one) for one in own)
    }
    return plistlib.dumps({"files2": files, "rules2": {"^.*": True}})


def _in_each(errand: Errand, path: Path, change: Callable[[Path], None]) -> None:
    """Unpack an archive, change each application in it, the innermost first, and pack it again."""
    if not is_archive(path):
        what = f"`{path.name}` can be unpacked on a Mac only"
        raise Unfit(what, UNAVAILABLE)
    folder = errand.work / f"unpacked-{path.name}"
    try:
        _unpack(path, folder)
    except (tarfile.TarError, zipfile.BadZipFile, OSError) as error:
        raise Failed(f"`{path.name}` cannot be unpacked: {error}") from None
    for one in list(_applications(folder)) or [folder]:
        change(one)
    path.unlink()
    _pack(folder, path)
    shutil.rmtree(folder)


def _applications(folder: Path) -> Iterator[Path]:
    found = sorted(folder.rglob("*.app"), key=lambda one: (-len(one.parts), one))
    for one in found:
        if one.is_dir():
            (one / _CONTENTS).mkdir(exist_ok=True)
            yield one / _CONTENTS


def _unpack(path: Path, folder: Path) -> None:
    folder.mkdir()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                made = Path(archive.extract(info, folder))
                if mode := info.external_attr >> 16 & 0o777:
                    made.chmod(mode)
        return
    with tarfile.open(path) as tar:
        tar.extractall(folder, filter="data")


def _pack(folder: Path, path: Path) -> None:
    """The same files give the same archive."""
    members = sorted(folder.rglob("*"))
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in members:
                if one.is_file():
                    info = zipfile.ZipInfo(one.relative_to(folder).as_posix())
                    info.external_attr = one.stat().st_mode << 16
                    archive.writestr(info, one.read_bytes(), zipfile.ZIP_DEFLATED)
        return
    form = next(form for end, form in _TARS.items() if path.name.endswith(end))
    plain = path.with_name(f"{path.name}.tar")
    with tarfile.open(plain, "w") as tar:
        for one in members:
            tar.add(one, one.relative_to(folder).as_posix(), recursive=False, filter=_plain)
    path.write_bytes(_PACKED[form](plain.read_bytes()))
    plain.unlink()


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member
