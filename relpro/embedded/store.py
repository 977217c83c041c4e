"""Takes a path; gives the SQLite database with the state of the services."""

import os
import sqlite3
from collections.abc import Iterable
from typing import Any

from relpro.errors import Diagnostic, RelproError

Row = tuple[Any, ...]

TABLES = """
create table if not exists task (
  task_id text primary key, task_group_id text not null, scheduler_id text not null,
  project_id text not null, task_queue_id text not null, priority integer not null,
  state text not null, retries_left integer not null, requires text not null,
  deadline integer not null, expires integer not null, pending_since integer not null,
  runs text not null, definition blob not null);
create index if not exists task_of_group on task (task_group_id);
create index if not exists waiting on task (task_queue_id, priority, pending_since)
  where state = 'pending';
create index if not exists claimed on task (task_queue_id) where state = 'running';
create table if not exists task_group (
  task_group_id text primary key, scheduler_id text not null, expires integer not null,
  sealed integer) without rowid;
create table if not exists dependency (
  required text not null, task_id text not null, satisfied integer not null,
  primary key (required, task_id)) without rowid;
create index if not exists unmet on dependency (task_id) where satisfied = 0;
create table if not exists agenda (
  due integer not null, kind text not null, task_id text not null, run_id integer not null);
create index if not exists due on agenda (due);
create table if not exists artifact (
  task_id text not null, run_id integer not null, name text not null, storage_type text not null,
  content_type text, expires integer not null, details text not null,
  primary key (task_id, run_id, name)) without rowid;
create table if not exists content (
  task_id text not null, run_id integer not null, name text not null,
  content_type text not null, body blob not null, primary key (task_id, run_id, name));
create table if not exists indexed (
  namespace text primary key, parent text not null, task_id text not null, rank real not null,
  data text not null, expires integer not null) without rowid;
create index if not exists indexed_below on indexed (parent, namespace);
create table if not exists namespace (
  namespace text primary key, parent text not null, expires integer not null) without rowid;
create index if not exists namespace_below on namespace (parent, namespace);
create table if not exists hook (
  hook_group_id text not null, hook_id text not null, definition text not null,
  token text not null, primary key (hook_group_id, hook_id)) without rowid;
create table if not exists hook_fire (
  task_id text primary key, hook_group_id text not null, hook_id text not null,
  fired integer not null, result text not null);
create table if not exists secret (
  name text primary key, secret text not null, expires integer not null) without rowid;
create table if not exists client (
  client_id text primary key, access_token text not null, description text not null,
  scopes text not null, expires integer not null, created integer not null,
  disabled integer not null) without rowid;
create table if not exists role (
  role_id text primary key, description text not null, scopes text not null,
  created integer not null) without rowid;
"""


class Store:
    """One connection, used by one thread at a time; each request is one transaction."""

    def __init__(self, path: str, *, durable: bool) -> None:
        """Open or create the database.

        With `durable`, every answered write survives a power failure; without it, writes survive
        only the end of the process, and are several times faster. Raises `RelproError` if the path
        cannot be a database, or another process has it open.
        """
        try:
            _own(path)
            self._connection = sqlite3.connect(path, timeout=1, check_same_thread=False)
        except (sqlite3.Error, OSError) as error:
            raise _unusable(path, error) from error
        try:
            self._prepare(durable=durable)
        except sqlite3.Error as error:
            self._connection.close()
            raise _unusable(path, error) from error

    def _prepare(self, *, durable: bool) -> None:
        self._connection.execute("pragma locking_mode = exclusive")
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute(f"pragma synchronous = {'full' if durable else 'off'}")
        self._connection.executescript(TABLES)

    def one(self, sql: str, *values: object) -> Row | None:
        """The first row, if there is any."""
        row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: object) -> list[Row]:
        """Every row."""
        return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: object) -> int:
        """Change something; returns the number of changed rows."""
        return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, rows: Iterable[Row]) -> None:
        """Change something once for each row of values."""
        self._connection.executemany(sql, rows)

    def commit(self) -> None:
        """Keep what was changed since the last commit."""
        self._connection.commit()

    def rollback(self) -> None:
        """Forget what was changed since the last commit."""
        self._connection.rollback()

    def close(self) -> None:
        """Close the file; uncommitted changes are lost."""
        self._connection.close()


def _own(path: str) -> None:
    """Let only the owner read a database, from its first byte on: it contains tokens.

    SQLite gives the files beside it (`-wal`, `-shm`) the same mode.
    """
    if path == ":memory:":
        return
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def _unusable(path: str, error: Exception) -> RelproError:
    said = getattr(error, "strerror", None) or str(error)
    return RelproError(
        Diagnostic(
            "Q713",
            f"the database `{path}` cannot be used: {said}",
            why="one process at a time keeps its tasks in a file of its own",
            remedy="stop the process that has it open, or name another file",
        )
    )
