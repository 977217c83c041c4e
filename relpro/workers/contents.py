"""Takes the content of a mount, gives the file or folder.

Source: generic-worker, mounts: content from artifacts, indexed tasks, URLs, and inline.
"""

import base64
import bz2
import gzip
import hashlib
import lzma
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from relpro.errors import RelproError
from relpro.submit.connection import fetch
from relpro.workers.claims import Claim
from relpro.workers.job import UNAVAILABLE, Mount, Unfit


def fill(mount: Mount, path: Path, claim: Claim) -> None:
    """Put the content of a mount into its place. Raises `Unfit`."""
    if mount.content is None:
        if mount.is_folder:
            path.mkdir(parents=True, exist_ok=True)
        return
    held = _bytes_of(mount.content, claim)
    if not mount.is_folder:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_plain(held, mount.format))
        if mount.is_program:
            path.chmod(0o755)
        return
    path.mkdir(parents=True, exist_ok=True)
    _unpack(held, mount.format, path)


def _bytes_of(content: Mapping[str, str], claim: Claim) -> bytes:
    try:
        held = _got(content, claim)
    except RelproError as error:
        what = "; ".join(one.what for one in error.diagnostics)
        raise Unfit(f"a mount cannot be had: {what}", UNAVAILABLE) from None
    wanted = content.get("sha256")
    if wanted and (found := hashlib.sha256(held).hexdigest()) != wanted:
        raise Unfit(f"a mount has SHA-256 {found}, not {wanted}")
    return held


def _got(content: Mapping[str, str], claim: Claim) -> bytes:
    if "raw" in content:
        return content["raw"].encode()
    if "base64" in content:
        return base64.b64decode(content["base64"])
    if "url" in content:
        answer = fetch(content["url"])
        if not answer.is_good:
            raise Unfit(f"{content['url']} answers {answer.status}", UNAVAILABLE)
        return answer.content
    task_id = content.get("taskId") or indexed(content["namespace"], claim)
    return claim.queue.artifact(task_id, content["artifact"])


def indexed(namespace: str, claim: Claim) -> str:
    """The task that the index has at a path. Raises `Unfit`."""
    answer = claim.connection.call("GET", f"/api/index/v1/task/{quote(namespace)}")
    if not answer.is_good:
        raise Unfit(f"nothing is indexed at `{namespace}`", UNAVAILABLE)
    return str(answer.json["taskId"])


def _zstd(held: bytes) -> bytes:
    try:
        done = subprocess.run(["zstd", "-dcq"], input=held, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unfit(f"`zstd` cannot unpack a mount: {error}", "internal-error") from None
    return done.stdout


#: Compression -> the function that decompresses it.
_DECOMPRESSED: Mapping[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "bz2": bz2.decompress,
    "gz": gzip.decompress,
    "xz": lzma.decompress,
    "zst": _zstd,
}


def _plain(held: bytes, form: str) -> bytes:
    if form not in _DECOMPRESSED:
        raise Unfit(f"this worker does not unpack `{form}`", "internal-error")
    try:
        return _DECOMPRESSED[form](held)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise Unfit(f"a mount is no `{form}`: {error}") from None


def _unpack(held: bytes, form: str, folder: Path) -> None:
    kind, _, compression = form.partition(".")
    packed = folder / ".packed"
    packed.write_bytes(_plain(held, compression) if kind == "tar" else held)
    try:
        if kind == "tar":
            with tarfile.open(packed) as tar:
                tar.extractall(folder, filter="data")
        elif kind == "zip":
            shutil.unpack_archive(packed, folder, "zip")
        else:
            raise Unfit(f"this worker does not unpack `{form}`", "internal-error")
    except (tarfile.TarError, zipfile.BadZipFile, OSError) as error:
        raise Unfit(f"a mount is no `{form}`: {error}") from None
    finally:
        packed.unlink()
