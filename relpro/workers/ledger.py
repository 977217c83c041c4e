"""Records requests to services that a rehearsal does not have: one file, for several processes.

An entry has a service (`bouncer`), a sort (`product`), a name (`Widget-2.0`) and a value, and the
task that made it. The latest entry of a name counts; earlier ones are kept.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
import orjson

from relpro.workers.errand import Errand
from relpro.workers.job import UNAVAILABLE, Unfit

_FILE = "ledger.sqlite"

#: The service and the sort of what is in the storage, by bucket and key.
STORAGE, OBJECT = "storage", "object"

_TABLE = """create table if not exists entries (
    number integer primary key, task_id text not null, service text not null,
    sort text not null, name text not null, value text not null)"""

#: Seconds to wait for another process.
_PATIENCE = 30


@attrs.frozen
class Entry:
    """One request of a task to a service."""

    task_id: str
    service: str
    sort: str
    name: str
    value: Mapping[str, Any]


@attrs.frozen
class Ledger:
    """The entries in a folder, which is created if needed."""

    folder: Path

    @classmethod
    def of(cls, errand: Errand) -> "Ledger":
        """The ledger of the services. Raises `Unfit` if they have none."""
        folder = errand.services.ledger
        if folder is None:
            what = "the services have no ledger, in which it would be written what others are told"
            raise Unfit(what, UNAVAILABLE)
        return cls(folder)

    def find(self, service: str, sort: str, name: str) -> Mapping[str, Any] | None:
        """The latest value of a name, case-insensitively; None if there is none."""
        words = "service = ? and sort = ? and name = ? collate nocase"
        found = list(self._entries(f"where {words} order by number desc", service, sort, name))
        return found[0].value if found else None

    def record(
        self, errand: Errand, service: str, sort: str, name: str, value: Mapping[str, object]
    ) -> bool:
        """Record a value of a name, unless it is the latest already.

        Returns whether it was recorded.
        """
        if self.find(service, sort, name) == value:
            errand.say(f"{service}: {sort} {name} is there")
            return False
        self.enter(errand.task_id, service, sort, {name: value})
        errand.say(f"{service}: {sort} {name} is entered")
        return True

    def enter(
        self, task_id: str, service: str, sort: str, values: Mapping[str, Mapping[str, object]]
    ) -> None:
        """Enter values by their names, all at once."""
        rows = [
            (task_id, service, sort, name, orjson.dumps(value).decode())
            for name, value in values.items()
        ]
        with self._connected() as connection, connection:
            columns = "task_id, service, sort, name, value"
            connection.executemany(f"insert into entries ({columns}) values (?, ?, ?, ?, ?)", rows)  # noqa: S608 - fixed

    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order in which they were made."""
        return tuple(self._entries("order by number"))

    def _entries(self, rest: str, *values: str) -> Iterator[Entry]:
        with self._connected() as connection:
            columns = "task_id, service, sort, name, value"
            rows = connection.execute(f"select {columns} from entries {rest}", values)  # noqa: S608 - fixed
            for task_id, service, sort, name, value in rows.fetchall():
                yield Entry(task_id, service, sort, name, orjson.loads(value))

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.folder / _FILE, timeout=_PATIENCE)) as connection:
            connection.execute(_TABLE)
            yield connection
