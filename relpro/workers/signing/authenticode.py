"""Takes a program or installer for Windows, signs it in place with osslsigncode.

In a zip, every program is signed. Signed files are not changed. Source: signingscript, sign.py,
sign_authenticode and _should_sign_windows.
"""

import zipfile
from datetime import datetime
from pathlib import Path

from relpro.workers.errand import Errand, Failed
from relpro.workers.job import UNAVAILABLE, Unfit
from relpro.workers.keys import SigningKeys

_PROGRAM = "osslsigncode"

#: Files in a zip that are signed, and exceptions that others have signed.
_SIGNED = (".exe", ".dll", ".msi", ".bin")
_OTHERS = ("d3dcompiler", "msvc")


def sign(errand: Errand, path: Path, keys: SigningKeys, comment: str = "") -> None:
    """Sign a file. Raises `Failed` if that is impossible, `Unfit` and `Stopped`."""
    if comment:
        what = "this worker writes no comments into signatures"
        raise Unfit(what, UNAVAILABLE)
    if path.suffix == ".zip":
        _sign_zip(errand, path, keys)
    else:
        _sign_file(errand, path, keys)


def is_signed(errand: Errand, path: Path) -> bool:
    """Whether a file contains a signature."""
    found = path.with_name(f"{path.name}.p7")
    try:
        errand.run(_PROGRAM, "extract-signature", "-in", str(path), "-out", str(found))
    except Failed:
        return False
    finally:
        found.unlink(missing_ok=True)
    return True


def _sign_file(errand: Errand, path: Path, keys: SigningKeys) -> None:
    if is_signed(errand, path):
        errand.say(f"{path.name}: is signed")
        return
    made = path.with_name(f"{path.name}.signed")
    # The same file and task give the same signature.
    seconds = int(datetime.fromisoformat(str(errand.task["created"])).timestamp())
    key = ("-certs", str(keys.code_certificate), "-key", str(keys.code))
    words = ("-h", "sha256", "-time", str(seconds), "-in", str(path), "-out", str(made))
    errand.run(_PROGRAM, "sign", *key, *words)
    made.replace(path)


def _sign_zip(errand: Errand, path: Path, keys: SigningKeys) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            files = [(one, archive.read(one)) for one in archive.infolist()]
    except zipfile.BadZipFile:
        raise Failed(f"`{path.name}` is not a zip") from None
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in files:
            archive.writestr(one, _signed(errand, one.filename, content, keys))


def _signed(errand: Errand, name: str, content: bytes, keys: SigningKeys) -> bytes:
    base = Path(name).name.lower()
    if not base.endswith(_SIGNED) or base.startswith(_OTHERS):
        return content
    path = errand.work / f"member-{base}"
    path.write_bytes(content)
    _sign_file(errand, path, keys)
    errand.say(f"{name}: signed")
    return path.read_bytes()
