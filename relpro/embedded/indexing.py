"""Takes namespaces; gives their index entries, and inserts tasks."""

import re
from collections.abc import Iterator
from typing import Any

import attrs
import orjson

from relpro.embedded.clock import is_date_time, to_milliseconds, to_text
from relpro.embedded.errors import Json
from relpro.embedded.store import Store

NAMESPACE = re.compile(r"([a-zA-Z0-9_!~*'()%-]+\.)*[a-zA-Z0-9_!~*'()%-]+")


@attrs.frozen
class Indexed:
    """A task in the index; `data` is JSON, `expires` in milliseconds."""

    namespace: str
    task_id: str
    rank: float
    data: str
    expires: int

    def to_json(self) -> Json:
        """The entry in the index's format."""
        rank = int(self.rank) if self.rank == int(self.rank) else self.rank
        return {
            "namespace": self.namespace,
            "taskId": self.task_id,
            "rank": rank,
            "data": orjson.loads(self.data),
            "expires": to_text(self.expires),
        }


def find_indexed(store: Store, namespace: str, now: int) -> Indexed | None:
    """The entry at a namespace that has not expired."""
    row = store.one(
        "select namespace, task_id, rank, data, expires from indexed"
        " where namespace = ? and expires > ?",
        namespace,
        now,
    )
    return Indexed(*row) if row else None


def insert(store: Store, entry: Indexed) -> Indexed:
    """Insert an entry, unless one of higher rank exists; returns the entry that is there then."""
    row = store.one(
        "select namespace, task_id, rank, data, expires from indexed where namespace = ?",
        entry.namespace,
    )
    if row and row[2] > entry.rank:
        return Indexed(*row)
    parent = entry.namespace.rpartition(".")[0]
    store.run(
        "insert or replace into indexed values (?, ?, ?, ?, ?, ?)",
        entry.namespace,
        parent,
        entry.task_id,
        entry.rank,
        entry.data,
        entry.expires,
    )
    for ancestor in _ancestors(entry.namespace):
        _keep_namespace(store, ancestor, entry.expires)
    return entry


def index_by_route(store: Store, task_id: str, definition: dict[str, Any]) -> None:
    """Index a completed task at its `index.` routes (index API, indexing by route).

    Malformed values in `extra.index` are ignored.
    """
    given = definition["extra"].get("index", {})
    given = given if isinstance(given, dict) else {}
    rank, data, expires = given.get("rank", 0), given.get("data", {}), given.get("expires")
    if not (isinstance(expires, str) and is_date_time(expires)):
        expires = definition["expires"]
    until = to_milliseconds(expires)
    for route in definition["routes"]:
        prefix, _, namespace = route.partition(".")
        if prefix == "index" and NAMESPACE.fullmatch(namespace):
            text = orjson.dumps(data if isinstance(data, dict) else {}).decode()
            rank = rank if isinstance(rank, int | float) else 0
            insert(store, Indexed(namespace, task_id, rank, text, until))


def _ancestors(namespace: str) -> Iterator[str]:
    parent = namespace.rpartition(".")[0]
    while parent:
        yield parent
        parent = parent.rpartition(".")[0]


def _keep_namespace(store: Store, namespace: str, expires: int) -> None:
    store.run(
        "insert into namespace values (?, ?, ?) on conflict (namespace)"
        " do update set expires = max(expires, excluded.expires)",
        namespace,
        namespace.rpartition(".")[0],
        expires,
    )
