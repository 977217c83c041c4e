"""Takes a task group, waits until all of it is done, and gives its tasks, with times."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence

import attrs

from relpro.embedded import EmbeddedTaskcluster
from relpro.errors import Diagnostic, RelproError
from relpro.submit.group import Group
from relpro.submit.times import Entry

#: Seconds between looks at a group.
_LOOK = 0.2

#: Provisioners whose tasks Taskcluster itself resolves.
_BUILT_IN = "built-in/"


class Failed(RelproError):
    """A rehearsal that did not end as a release should (exit code 1)."""

    exit_code = 1


#: The tasks of a finished group, and (role, label) of its gates in the order of sign-off.
Over = tuple[tuple[Entry, ...], tuple[tuple[str, str], ...]]

#: Called with the number of tasks of a group in each state.
Tell = Callable[[Counter[str]], object]


@attrs.frozen
class Phase:
    """A finished phase: its group, its tasks, its sign-offs, and its times.

    `began` and `ended` are Unix seconds.
    """

    name: str
    group: str
    entries: tuple[Entry, ...] = attrs.field(repr=False)
    signed: tuple[tuple[str, str], ...]
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """The duration."""
        return self.ended - self.began


def entries_of(service: EmbeddedTaskcluster, group: str) -> tuple[Entry, ...]:
    """The tasks of a group as the queue lists them."""
    statuses = service.statuses(group)
    return tuple(
        {"task": task, "status": statuses[task_id]}
        for task_id, task in service.tasks(group).items()
        if task_id in statuses
    )


def finish(
    service: EmbeddedTaskcluster,
    group: str,
    sign: Callable[[str, str], object],
    check: Callable[[], object],
    pools: Collection[str],
    tell: Tell,
) -> Over:
    """Wait for a group, and sign off its gates when nothing else is left to do.

    `check` is called repeatedly, and may raise; `pools` have workers. Raises `RelproError`: U814 as
    soon as a task has failed, U813 for one that no worker will claim.
    """
    signed: list[tuple[str, str]] = []
    while True:
        check()
        states = service.states(group)
        tell(Counter(states.values()))
        if any(state in {"failed", "exception"} for state in states.values()):
            raise _failed(service, entries_of(service, group))
        if states and all(state == "completed" for state in states.values()):
            return entries_of(service, group), tuple(signed)
        if states and not any(state in {"pending", "running"} for state in states.values()):
            _sign(service, group, sign, signed)
        elif not any(state == "running" for state in states.values()):
            _demand_workers(entries_of(service, group), pools)
        time.sleep(_LOOK)


def _sign(
    service: EmbeddedTaskcluster,
    group: str,
    sign: Callable[[str, str], object],
    signed: list[tuple[str, str]],
) -> None:
    for gate in Group.of(group, entries_of(service, group)).gates():
        if gate.is_waiting:
            sign(gate.task_id, gate.role)
            signed.append((gate.role, gate.label))


def _demand_workers(entries: Sequence[Entry], pools: Collection[str]) -> None:
    """Raise `RelproError` (U813) for tasks whose pool has no worker."""
    waiting = (entry["task"] for entry in entries if entry["status"]["state"] == "pending")
    asked = {str(task["taskQueueId"]) for task in waiting}
    missing = sorted(pool for pool in asked if pool not in pools and not pool.startswith(_BUILT_IN))
    if missing:
        what = f"nothing on this machine runs tasks of {', '.join(f'`{pool}`' for pool in missing)}"
        raise RelproError(Diagnostic("U813", what, why="no script is known that stands in for it"))


def _failed(service: EmbeddedTaskcluster, entries: Sequence[Entry]) -> RelproError:
    """The message about failed tasks: the ends of their logs."""
    diagnostics = [
        Diagnostic(
            "U814",
            f"`{entry['task']['metadata']['name']}` ended as {_end(entry)}",
            why=_last_lines(service, entry),
            remedy=f"its log: task {entry['status']['taskId']}, public/logs/live_backing.log",
        )
        for entry in entries
        if entry["status"]["state"] in {"failed", "exception"}
    ]
    return Failed(*diagnostics)


def _end(entry: Entry) -> str:
    last = entry["status"]["runs"][-1]
    return f"{last['state']} ({last.get('reasonResolved', '')})"


def _last_lines(service: EmbeddedTaskcluster, entry: Entry, most: int = 12) -> str:
    run = len(entry["status"]["runs"]) - 1
    task_id = entry["status"]["taskId"]
    content = service.content(task_id, "public/logs/live_backing.log", run) or b""
    return "\n".join(content.decode(errors="replace").splitlines()[-most:])
