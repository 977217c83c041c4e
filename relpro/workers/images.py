"""Takes a claim of a task that runs in an image, gives the image on this machine, and its digest.

An image that a task has built is compared with the statement of that task's worker before it is
loaded. Source: docker-worker, docker/artifact_image.js and chain of trust.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs

from relpro.errors import RelproError
from relpro.workers.certificate import NAME, Broken, read_certificate
from relpro.workers.claims import Claim
from relpro.workers.containers import Engine
from relpro.workers.contents import indexed
from relpro.workers.image_artifacts import PART, parts_of
from relpro.workers.job import UNAVAILABLE, Unfit

#: The code of the error for an artifact that does not exist.
_ABSENT = "Q706"


#: Returns the certificate of a task to which a claimed one refers; raises `Broken`.
Certificates = Callable[[Claim, str], Mapping[str, Any]]


@attrs.frozen
class Image:
    """An image that an engine has, and the SHA-256 of the artifact from which it was loaded."""

    engine: Engine
    name: str
    sha256: str = ""


def image_of(claim: Claim, engine: Engine, signed: Certificates | None) -> Image:
    """The image of a claimed task; `signed` returns signed certificates, where there are keys.

    Raises `Unfit`: because of `resource-unavailable` for an image that cannot be had here, and for
    one that differs from its statement.
    """
    said = claim.task["payload"]["image"]
    if isinstance(said, str) or said["type"] == "docker-image":
        name = said if isinstance(said, str) else said["name"]
        if not engine.has(name):
            raise Unfit(f"{engine.program} does not have image `{name}`", UNAVAILABLE)
        return Image(engine, name)
    task_id = said["taskId"] if said["type"] == "task-image" else indexed(said["namespace"], claim)
    try:
        return _built(claim, engine, signed, task_id, said["path"])
    except RelproError as error:
        told = "; ".join(one.what for one in error.diagnostics)
        raise Unfit(told, UNAVAILABLE) from None
    except Broken as broken:
        raise Unfit(f"the Chain of Trust of the image does not hold: {broken}") from None


def environment(claim: Claim, image: Image | None) -> Mapping[str, str]:
    """The part of a task's statement about its image, which is that of an image task's artifact.

    That is fetched for a task that ran without it, so that the chain is complete. Raises
    `RelproError` (O615).
    """
    if image is not None:
        return {"imageArtifactHash": f"sha256:{image.sha256}"} if image.sha256 else {}
    said = claim.task["payload"].get("image")
    if not isinstance(said, Mapping) or said["type"] != "task-image":
        return {}
    digest = _fetched(claim, said["taskId"], said["path"], lambda _part: None)
    return {"imageArtifactHash": f"sha256:{digest}"}


def _built(
    claim: Claim, engine: Engine, signed: Certificates | None, task_id: str, name: str
) -> Image:
    """An image that a task has built. Raises `RelproError`, `Broken`."""
    stated = _stated(claim, signed, task_id, name)
    if stated and engine.has(_tag(stated)):
        return Image(engine, _tag(stated), stated)
    with TemporaryDirectory(prefix="relpro-image-") as folder:
        path = Path(folder, "image")
        with path.open("wb") as file:
            digest = _fetched(claim, task_id, name, file.write)
        if stated and digest != stated:
            what = f"`{name}` of task {task_id} has sha256 {digest}"
            raise Broken(f"{what}, and {stated} is stated")
        if not engine.has(_tag(digest)):
            engine.load(_tag(digest), _parts(path), name)
    return Image(engine, _tag(digest), digest)


def _tag(digest: str) -> str:
    return f"relpro-image:{digest}"


def _stated(claim: Claim, signed: Certificates | None, task_id: str, name: str) -> str:
    """The digest in the certificate of an image task; empty without certificate and keys."""
    try:
        said = (signed or _unsigned)(claim, task_id)
    except RelproError as error:
        if any(one.code != _ABSENT for one in error.diagnostics):
            raise
        return ""
    if name not in said["artifacts"]:
        raise Broken(f"the statement of task {task_id} does not have `{name}`")
    return str(said["artifacts"][name]["sha256"])


def _fetched(claim: Claim, task_id: str, name: str, keep: Callable[[bytes], object]) -> str:
    """Fetch an artifact, `keep` each part of it; gives its SHA-256."""
    digest = hashlib.sha256()
    for part in parts_of(claim.connection, task_id, name):
        digest.update(part)
        keep(part)
    return digest.hexdigest()


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(PART):
            yield part


def _unsigned(claim: Claim, task_id: str) -> Mapping[str, Any]:
    return read_certificate(task_id, claim.queue.artifact(task_id, NAME))
