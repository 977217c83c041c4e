"""Takes calls of workers and readers about artifacts; gives URLs and contents.

The bytes of `s3` artifacts are PUT to, and read from, the deployment itself, at signed loopback
URLs.
"""

import hashlib
import hmac
from collections.abc import Mapping

import attrs
import orjson

from relpro.embedded.clock import to_milliseconds, to_text
from relpro.embedded.deployment import Call, Deployment, Reply
from relpro.embedded.errors import Json, bad_input, conflict, not_found
from relpro.embedded.pages import page_of
from relpro.embedded.paths import quoted
from relpro.embedded.store import Row, Store
from relpro.embedded.tasks import TaskRecord, get_task

MINUTE = 60_000

#: After an exception, artifacts may be created for this long (queue API, createArtifact).
GRACE = 25 * MINUTE

#: For how long an upload and a private download may start (queue API, artifacts).
PUT_UNTIL = 45 * MINUTE
GET_UNTIL = 30 * MINUTE

COLUMNS = "task_id, run_id, name, storage_type, content_type, expires, details"


@attrs.frozen
class Artifact:
    """An artifact of a run; `details` is the body it was made with; `expires` in milliseconds."""

    task_id: str
    run_id: int
    name: str
    storage_type: str
    content_type: str | None
    expires: int
    details: Json

    def to_json(self) -> Json:
        """The entry in a list of artifacts."""
        fields = {
            "storageType": self.storage_type,
            "name": self.name,
            "expires": to_text(self.expires),
            "contentType": self.content_type or "application/binary",
        }
        length = self.details.get("contentLength")
        return fields if length is None else {**fields, "contentLength": length}


def create_artifact(call: Call) -> Json:
    """Queue API, createArtifact; `object` is refused, since there is no object service."""
    task_id, run_id = call.params["taskId"], int(call.params["runId"])
    call.require(f"queue:create-artifact:{task_id}/{run_id}")
    record, body = get_task(call.store, task_id), call.payload
    if run_id >= len(record.runs):
        raise bad_input(f"Run {run_id} does not exist on task {task_id}")
    _check_open(record, run_id, call.now)
    artifact = Artifact(
        task_id,
        run_id,
        call.params["name"],
        body["storageType"],
        body.get("contentType"),
        to_milliseconds(body["expires"]),
        body,
    )
    if artifact.storage_type == "object":
        raise bad_input("this deployment has no object service: use storageType `s3`")
    if artifact.expires > record.expires:
        raise bad_input("Artifact expires after its task")
    keep_artifact(call.store, artifact)
    return _made(call.deployment, artifact)


def _check_open(record: TaskRecord, run_id: int, now: int) -> None:
    run = record.run(run_id)
    if run["state"] == "running":
        return
    resolved = to_milliseconds(run["resolved"]) if "resolved" in run else None
    if run["state"] != "exception" or resolved is None or now > resolved + GRACE:
        raise conflict(
            f"Run {run_id} of task {record.task_id} is {run['state']}:"
            " artifacts can be made while it runs, and for a while after an exception"
        )


def keep_artifact(store: Store, artifact: Artifact) -> None:
    """Store an artifact; raises `RequestConflict` if it may not replace one with its name."""
    old = find_artifact(store, artifact.task_id, artifact.run_id, artifact.name)
    if old and not _may_replace(old, artifact):
        raise conflict(
            f"Artifact {artifact.name} was already made with another type or a later expiration"
        )
    store.run(
        f"insert or replace into artifact ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        artifact.task_id,
        artifact.run_id,
        artifact.name,
        artifact.storage_type,
        artifact.content_type,
        artifact.expires,
        orjson.dumps(artifact.details).decode(),
    )


def _may_replace(old: Artifact, new: Artifact) -> bool:
    if old.storage_type == "reference" and new.storage_type in {"reference", "link"}:
        return new.expires >= old.expires
    same = (new.storage_type, new.content_type) == (old.storage_type, old.content_type)
    fixed = ("artifact", "reason", "message")
    unchanged = all(old.details.get(key) == new.details.get(key) for key in fixed)
    return same and unchanged and new.expires >= old.expires


def _made(deployment: Deployment, artifact: Artifact) -> Json:
    if artifact.storage_type != "s3":
        return {"storageType": artifact.storage_type}
    until = deployment.clock.now() + PUT_UNTIL
    return {
        "storageType": "s3",
        "contentType": artifact.content_type,
        "expires": to_text(until),
        "putUrl": _signed_url(deployment, "PUT", artifact, until),
    }


def get_artifact(call: Call) -> Reply:
    """Queue API, getArtifact and getLatestArtifact: 303, and the same in JSON."""
    artifact = _followed(call)
    if artifact.storage_type == "error":
        details = artifact.details
        return Reply(424, {"reason": details["reason"], "message": details["message"]})
    url = _location(call.deployment, artifact)
    return Reply(303, {"storageType": artifact.storage_type, "url": url}, {"location": url})


def artifact_content(call: Call) -> Json:
    """Queue API, artifact and latestArtifact: the URL of the content."""
    artifact = _followed(call)
    if artifact.storage_type == "error":
        details = artifact.details
        fields = {"reason": details["reason"], "message": details["message"]}
        return {"storageType": "error", **fields}
    return {"storageType": artifact.storage_type, "url": _location(call.deployment, artifact)}


def artifact_info(call: Call) -> Json:
    """Queue API, artifactInfo and latestArtifactInfo."""
    call.require(f"queue:list-artifacts:{_place(call)}")
    return _get(call, call.params["name"]).to_json()


def list_artifacts(call: Call) -> Json:
    """Queue API, listArtifacts and listLatestArtifacts."""
    call.require(f"queue:list-artifacts:{_place(call)}")
    task_id, run_id = _run_of(call)

    def of_run(offset: int, limit: int) -> list[Row]:
        return call.store.all(
            f"select {COLUMNS} from artifact where task_id = ? and run_id = ?"  # noqa: S608
            " order by name limit ? offset ?",
            task_id,
            run_id,
            limit,
            offset,
        )

    rows, more = page_of(call.query, of_run)
    return {"artifacts": [_artifact(row).to_json() for row in rows], **more}


def find_artifact(store: Store, task_id: str, run_id: int, name: str) -> Artifact | None:
    """The artifact of this name, if the run has one."""
    row = store.one(
        f"select {COLUMNS} from artifact"  # noqa: S608
        " where task_id = ? and run_id = ? and name = ?",
        task_id,
        run_id,
        name,
    )
    return _artifact(row) if row else None


def put_content(call: Call) -> Reply:
    """Store the bytes sent to a `putUrl`; 403 unless URL and content type are those given out."""
    place = _verified(call, "PUT")
    artifact = find_artifact(call.store, *place) if place else None
    if not artifact or artifact.content_type != call.payload.content_type:
        return Reply(403, {"error": "the signature does not match"})
    keep_content(call.store, artifact, call.payload.body)
    return Reply(200, {})


def get_content(call: Call) -> Reply:
    """The bytes behind an `s3` artifact's URL; 404 before they were PUT."""
    place = _verified(call, "GET")
    if not place:
        return Reply(403, {"error": "the signature does not match"})
    row = call.store.one(
        "select content_type, body from content where task_id = ? and run_id = ? and name = ?",
        *place,
    )
    if not row:
        return Reply(404, {"error": "nothing was uploaded"})
    return Reply(200, row[1], {"content-type": row[0]})


def keep_content(store: Store, artifact: Artifact, body: bytes) -> None:
    """Store the bytes of an `s3` artifact."""
    store.run(
        "insert or replace into content values (?, ?, ?, ?, ?)",
        artifact.task_id,
        artifact.run_id,
        artifact.name,
        artifact.content_type,
        body,
    )


def _followed(call: Call) -> Artifact:
    """The artifact that a call names, after following links; each name needs its scope."""
    name, seen = call.params["name"], set[str]()
    while True:
        call.require(f"queue:get-artifact:{name}")
        if name in seen:
            raise bad_input(f"Artifact {call.params['name']} is part of a cycle of links")
        seen.add(name)
        artifact = _get(call, name)
        if artifact.storage_type != "link":
            return artifact
        name = artifact.details["artifact"]


def _get(call: Call, name: str) -> Artifact:
    task_id, run_id = _run_of(call)
    artifact = find_artifact(call.store, task_id, run_id, name)
    if artifact is None:
        raise not_found(f"Artifact {name} not found on run {run_id} of task {task_id}")
    return artifact


def _run_of(call: Call) -> tuple[str, int]:
    """The run that a call names, or the latest one, even if that has no artifacts yet."""
    record = get_task(call.store, call.params["taskId"])
    if not record.runs:
        raise not_found(f"Task {record.task_id} has no runs")
    run_id = int(call.params.get("runId", len(record.runs) - 1))
    record.run(run_id)
    return record.task_id, run_id


def _place(call: Call) -> str:
    task_id, run_id = call.params["taskId"], call.params.get("runId")
    return task_id if run_id is None else f"{task_id}:{run_id}"


def _location(deployment: Deployment, artifact: Artifact) -> str:
    if artifact.storage_type == "reference":
        return str(artifact.details["url"])
    return _signed_url(deployment, "GET", artifact, deployment.clock.now() + GET_UNTIL)


def _signed_url(deployment: Deployment, method: str, artifact: Artifact, until: int) -> str:
    place = f"{artifact.task_id}/{artifact.run_id}/{until}/{artifact.name}"
    signature = _signature(deployment, method, place)
    return f"{deployment.root_url}/relpro/content/{signature}/{quoted(place)}"


def _verified(call: Call, method: str) -> tuple[str, int, str] | None:
    """The run and name in a content URL, if its signature is valid and not expired."""
    place = call.params["place"]
    if not is_signed(call.deployment, method, call.params):
        return None
    task_id, run_id, until, name = place.split("/", 3)
    return (task_id, int(run_id), name) if int(until) > call.now else None


def is_signed(deployment: Deployment, method: str, params: Mapping[str, str]) -> bool:
    """Whether a content URL, with these `params`, was given out for `method`."""
    expected = _signature(deployment, method, params["place"])
    return hmac.compare_digest(params["signature"].encode(), expected.encode())


def _signature(deployment: Deployment, method: str, path: str) -> str:
    key = deployment.root.access_token.encode()
    return hmac.new(key, f"{method} {path}".encode(), hashlib.sha256).hexdigest()[:32]


def _artifact(row: Row) -> Artifact:
    task_id, run_id, name, storage_type, content_type, expires, details = row
    given = orjson.loads(details)
    return Artifact(task_id, run_id, name, storage_type, content_type, expires, given)
