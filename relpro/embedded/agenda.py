"""Takes what must happen later; gives it back, in order, when it is due. Survives a restart."""

import attrs

from relpro.embedded.store import Store

NEVER = 1 << 62


@attrs.frozen
class Due:
    """Something to do to a task: a deadline, an expiring claim, dependents, an index entry."""

    kind: str
    task_id: str
    run_id: int
    due: int


class Agenda:
    """What happens later, by time in milliseconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.next_due = self._earliest()

    def add(self, due: int, kind: str, task_id: str, run_id: int = 0) -> None:
        """Note something for later."""
        self._store.run("insert into agenda values (?, ?, ?, ?)", due, kind, task_id, run_id)
        self.next_due = min(self.next_due, due)

    def take(self, now: int) -> list[Due]:
        """What is due by now, the earliest first; it is no longer on the agenda."""
        rows = self._store.all(
            "select kind, task_id, run_id, due from agenda where due <= ? order by due, rowid", now
        )
        self._store.run("delete from agenda where due <= ?", now)
        self.next_due = self._earliest()
        return [Due(*row) for row in rows]

    def refresh(self) -> None:
        """Read the earliest time again, after a transaction was rolled back."""
        self.next_due = self._earliest()

    def _earliest(self) -> int:
        row = self._store.one("select min(due) from agenda")
        return row[0] if row and row[0] is not None else NEVER
