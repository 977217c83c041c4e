"""Takes the entries of a task group, gives the durations of tasks, and the critical path."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

Entry = Mapping[str, Any]


@attrs.frozen
class Took:
    """The last run of a task that a worker finished.

    `ready` is the time at which the run was scheduled, `started` and `ended` those of the run.
    """

    task_id: str
    ready: datetime
    started: datetime
    ended: datetime

    @property
    def waited(self) -> float:
        """The seconds before a worker claimed it."""
        return (self.started - self.ready).total_seconds()

    @property
    def ran(self) -> float:
        """The seconds for which it ran."""
        return (self.ended - self.started).total_seconds()


def took(entries: Iterable[Entry]) -> Mapping[str, Took]:
    """Task id -> its last run, for tasks whose last run has started and ended."""
    found: dict[str, Took] = {}
    for entry in entries:
        status = entry["status"]
        last: Mapping[str, str] = (status.get("runs") or [{}])[-1]
        if last.keys() >= {"scheduled", "started", "resolved"}:
            times = (last["scheduled"], last["started"], last["resolved"])
            found[status["taskId"]] = Took(status["taskId"], *map(datetime.fromisoformat, times))
    return found


def critical_path(entries: Sequence[Entry]) -> tuple[Took, ...]:
    """The tasks that determined when the group ended, in order.

    The last is the one that ended last; before each comes its dependency in the group that ended
    last.
    """
    times = took(entries)
    needs = {entry["status"]["taskId"]: entry["task"].get("dependencies", ()) for entry in entries}
    path: list[Took] = []
    after: Iterable[str] = times
    while ends := [times[one] for one in after if one in times and times[one] not in path]:
        path.append(max(ends, key=lambda one: (one.ended, one.task_id)))
        after = needs[path[-1].task_id]
    return tuple(reversed(path))


def words(seconds: float) -> str:
    """A duration for people: `45 s`, `12 min`, `1 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
