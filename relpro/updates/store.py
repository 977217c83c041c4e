"""Takes a path; stores the state of an update server in a SQLite database.

Each table of the state is a database table with one row of JSON for each key; only changes are
written.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.updates.release import Release
from relpro.updates.rule import Rule
from relpro.updates.state import Change, Pinned, Shutoff, State

#: Table -> the function that reads its values from JSON.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "rules": lambda row: Rule(**row),
    "releases": lambda row: Release(**row),
    "pins": lambda row: Pinned(**row),
    "shutoffs": lambda row: Shutoff(**row),
    "required": int,
    "roles": tuple,
    "changes": lambda row: Change(**row),
}


class Store:
    """One connection to one file, which no other process may use at the same time."""

    def __init__(self, path: str) -> None:
        """Open or create the database. Raises `RelproError` (U801) if it cannot be used."""
        try:
            self._connection = sqlite3.connect(path, timeout=1, check_same_thread=False)
            self._connection.execute("pragma locking_mode = exclusive")
            self._connection.execute("begin exclusive")  # a lock until the file is closed
            for table in _READERS:
                self._connection.execute(
                    f"create table if not exists {table} (key text primary key, row text not null)"
                )
            self._connection.commit()
        except sqlite3.Error as error:
            raise _unusable(path, str(error)) from error
        self._path = path

    def load(self) -> State:
        """The stored state. Raises `RelproError` if the file has other content."""
        try:
            return State(**{table: self._table(table) for table in _READERS})
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            raise _unusable(self._path, str(error)) from error

    def _table(self, table: str) -> dict[Any, Any]:
        (field,) = [one for one in attrs.fields(State) if one.name == table]
        rows = self._connection.execute(f"select key, row from {table} order by rowid")  # noqa: S608
        read = _READERS[table]
        return {_key(key, field.metadata["key"]): read(json.loads(row)) for key, row in rows}

    def save(self, old: State, new: State) -> None:
        """Store the changes, all or nothing."""
        with self._connection:
            for table in _READERS:
                before, after = getattr(old, table), getattr(new, table)
                gone = [(_text(key),) for key in before if key not in after]
                self._connection.executemany(f"delete from {table} where key = ?", gone)  # noqa: S608
                changed = [
                    (_text(key), json.dumps(value, default=_row))
                    for key, value in after.items()
                    if value is not before.get(key)
                ]
                self._connection.executemany(
                    f"insert into {table} values (?, ?)"  # noqa: S608
                    " on conflict (key) do update set row = excluded.row",
                    changed,
                )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _text(key: object) -> str:
    return json.dumps(key)


def _key(text: str, sort: str) -> object:
    key = json.loads(text)
    return tuple(key) if sort == "names" else key


def _row(value: Any) -> dict[str, Any]:
    """A row of the state, as JSON."""
    return {one.name: getattr(value, one.name) for one in attrs.fields(type(value))}


def _unusable(path: str, said: str) -> RelproError:
    return RelproError(
        Diagnostic(
            "U801",
            f"the database `{path}` of the update server cannot be used: {said}",
            why="one process at a time keeps its rules and releases in a file of its own",
            remedy="stop the process that has it open, or name another file",
        )
    )
