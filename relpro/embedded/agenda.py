"""Takes events for later; returns them in order when they are due. Survives a restart."""

import attrs

from relpro.embedded.store import Store

NEVER = 1 << 62


@attrs.frozen
class Due:
    """An event about a task: a deadline, the end of a claim, dependents, an index entry."""

    kind: str
    task_id: str
    run_id: int
    due: int


class Agenda:
    """Future events, by time in milliseconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.next_due = self._earliest()

    def add(self, due: int, kind: str, task_id: str, run_id: int = 0) -> None:
        """Add an event."""
        self._store.run("insert into agenda values (?, ?, ?, ?)", due, kind, task_id, run_id)
        self.next_due = min(self.next_due, due)

    def take(self, now: int) -> list[Due]:
        """The events that are due, the earliest first; they are removed."""
        rows = self._store.all(
            "select kind, task_id, run_id, due from agenda where due <= ? order by due, rowid", now
        )
        self._store.run("delete from agenda where due <= ?", now)
        self.next_due = self._earliest()
        return [Due(*row) for row in rows]

    def refresh(self) -> None:
        """Read the time of the first event again, after a transaction was rolled back."""
        self.next_due = self._earliest()

    def _earliest(self) -> int:
        row = self._store.one("select min(due) from agenda")
        return row[0] if row and row[0] is not None else NEVER
