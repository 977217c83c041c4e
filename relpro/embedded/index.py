"""Takes calls of the index; gives tasks by namespace."""

import orjson

from relpro.embedded.clock import to_milliseconds, to_text
from relpro.embedded.deployment import Call, Reply
from relpro.embedded.errors import ApiError, Json, not_found
from relpro.embedded.hawk import bewit
from relpro.embedded.indexing import Indexed, find_indexed, insert
from relpro.embedded.pages import page_of
from relpro.embedded.paths import quoted
from relpro.embedded.scopes import AllOf
from relpro.embedded.store import Row

#: Maximum length of a namespace; the index stores a longer one and then fails (index API).
LONGEST = 255


def insert_task(call: Call) -> Json:
    """Index API, insertTask: returns the entry of highest rank, which may not be the one sent.

    Raises `InternalServerError` for a namespace that is too long, after storing the entry.
    """
    call.require(f"index:insert-task:{call.params['namespace']}")
    body = call.payload
    entry = Indexed(
        call.params["namespace"],
        body["taskId"],
        body["rank"],
        orjson.dumps(body["data"]).decode(),
        to_milliseconds(body["expires"]),
    )
    found = insert(call.store, entry)
    if len(entry.namespace) > LONGEST:
        call.store.commit()
        raise ApiError("InternalServerError", "Internal Server Error, incidentId relpro-index")
    return found.to_json()


def find_task(call: Call) -> Json:
    """Index API, findTask."""
    call.require(f"index:find-task:{call.params['indexPath']}")
    return _get(call).to_json()


def find_tasks(call: Call) -> Json:
    """Index API, findTasksAtIndex; missing entries are left out."""
    indexes = call.payload["indexes"]
    call.require(AllOf(tuple(f"index:find-task:{path}" for path in indexes)))
    page, more = page_of(call.query, lambda offset, limit: indexes[offset : offset + limit])
    found = [find_indexed(call.store, path, call.now) for path in page]
    return {"tasks": [entry.to_json() for entry in found if entry], **more}


def list_tasks(call: Call) -> Json:
    """Index API, listTasks: the entries right below a namespace."""
    parent = call.params.get("namespace", "")
    call.require(f"index:list-tasks:{parent}")

    def below(offset: int, limit: int) -> list[Row]:
        return call.store.all(
            "select namespace, task_id, rank, data, expires from indexed"
            " where parent = ? and expires > ? order by namespace limit ? offset ?",
            parent,
            call.now,
            limit,
            offset,
        )

    rows, more = page_of(call.query, below)
    return {"tasks": [Indexed(*row).to_json() for row in rows], **more}


def list_namespaces(call: Call) -> Json:
    """Index API, listNamespaces: the namespaces right below one."""
    parent = call.params.get("namespace", "")
    call.require(f"index:list-namespaces:{parent}")

    def below(offset: int, limit: int) -> list[Row]:
        return call.store.all(
            "select namespace, expires from namespace where parent = ? and expires > ?"
            " order by namespace limit ? offset ?",
            parent,
            call.now,
            limit,
            offset,
        )

    rows, more = page_of(call.query, below)
    listed = [
        {"namespace": name, "name": name.rpartition(".")[2], "expires": to_text(expires)}
        for name, expires in rows
    ]
    return {"namespaces": listed, **more}


def delete_task(call: Call) -> Reply:
    """Index API, deleteTask."""
    call.require(f"index:delete-task:{call.params['namespace']}")
    call.store.run("delete from indexed where namespace = ?", call.params["namespace"])
    return Reply(200, {})


def find_artifact(call: Call) -> Reply:
    """Index API, findArtifactFromTask: a redirect with a bewit for this artifact only."""
    scope = f"queue:get-artifact:{call.params['name']}"
    call.require(scope)
    entry, name = _get(call), quoted(call.params["name"])
    path = f"/api/queue/v1/task/{entry.task_id}/artifacts/{name}"
    host = call.deployment.root_url.partition("://")[2]
    until = int(call.deployment.clock.signing_seconds()) + 15 * 60
    signed = bewit(call.deployment.root, path, host, until, (scope,))
    location = f"{call.deployment.root_url}{path}?bewit={signed}"
    return Reply(303, {"url": location}, {"location": location})


def _get(call: Call) -> Indexed:
    path = call.params["indexPath"]
    entry = find_indexed(call.store, path, call.now)
    if entry is None:
        raise not_found(f"Indexed task not found: {path}")
    return entry
