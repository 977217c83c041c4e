"""Takes the publications of a job, uploads them as artifacts of its run.

Source: the queue's API, createArtifact; generic-worker, artifacts.
"""

import hashlib
import mimetypes
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import attrs
import requests

from relpro.errors import Diagnostic, Unreachable
from relpro.workers.box import Box
from relpro.workers.claims import Claim
from relpro.workers.job import Publication

#: The timeout of a store, in seconds.
_PATIENCE = 300

#: The content type of unknown content. Source: generic-worker, artifacts.
_UNKNOWN = "application/octet-stream"


@attrs.frozen
class Uploaded:
    """An uploaded artifact: its name, and the SHA-256 of its content in hex."""

    name: str
    sha256: str


def publish(job_publications: tuple[Publication, ...], box: Box, claim: Claim) -> "Published":
    """Upload everything that exists; a missing file becomes an error artifact.

    Raises `RelproError` if queue or store refuse, or cannot be reached.
    """
    uploaded: list[Uploaded] = []
    missing: list[str] = []
    for one in job_publications:
        path = box.path(one.path)
        if one.is_directory and path.is_dir():
            uploaded += (
                upload(claim, name, file, one.expires, one.content_type)
                for name, file in files_of(one.name, path)
            )
        elif not one.is_directory and path.is_file():
            uploaded.append(upload(claim, one.name, path, one.expires, one.content_type))
        elif not one.optional:
            missing.append(one.path)
            _put_error(claim, one)
    return Published(tuple(uploaded), tuple(missing))


@attrs.frozen
class Published:
    """The uploaded artifacts, and the paths of missing ones."""

    artifacts: tuple[Uploaded, ...]
    missing: tuple[str, ...]


def files_of(name: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """(name, file) of each artifact in a folder; an empty folder has none."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            below = file.relative_to(folder).as_posix()
            yield (below if name in {"", "."} else f"{name}/{below}"), file


def upload(claim: Claim, name: str, path: Path, expires: str, content_type: str = "") -> Uploaded:
    """Upload a file as an artifact. Raises `RelproError`."""
    kind = content_type or mimetypes.guess_type(path.name)[0] or _UNKNOWN
    body = {"storageType": "s3", "contentType": kind, "expires": expires}
    made = claim.call("POST", f"/artifacts/{quote(name)}", f"artifact `{name}`", body)
    with path.open("rb") as file:
        try:
            # requests sends an empty file without a length, which stores refuse.
            sent = file if path.stat().st_size else b""
            headers = {"Content-Type": kind}
            put = claim.seat.store.put
            reply = put(made["putUrl"], data=sent, headers=headers, timeout=_PATIENCE)
            reply.raise_for_status()
        except requests.RequestException as error:
            what = f"artifact `{name}` cannot be uploaded: {error}"
            raise Unreachable(Diagnostic("Q702", what)) from None
        file.seek(0)
        return Uploaded(name, hashlib.file_digest(file, "sha256").hexdigest())


def link(claim: Claim, name: str, target: str, content_type: str) -> None:
    """Create an artifact that links to another one of the run. Raises `RelproError`."""
    body = {
        "storageType": "link",
        "expires": claim.task["expires"],
        "contentType": content_type,
        "artifact": target,
    }
    claim.call("POST", f"/artifacts/{quote(name)}", f"artifact `{name}`", body)


def _put_error(claim: Claim, one: Publication) -> None:
    body = {
        "storageType": "error",
        "expires": one.expires,
        "reason": "file-missing-on-worker",
        "message": f"`{one.path}` is not there, or is not what the payload says",
    }
    claim.call("POST", f"/artifacts/{quote(one.name)}", f"artifact `{one.name}`", body)
