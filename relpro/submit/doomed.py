"""Takes tasks of an earlier run and their states, finds new tasks that could never start.

Existing tasks are never changed. But a new task that depends on a cancelled one would stay
unscheduled until its deadline, without any message.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from relpro.errors import Diagnostic, Refused
from relpro.graph import walk
from relpro.submit.intended import Intended, labels

_RERUN = "rerun what failed, then run the same again"
_ANEW = "start from a new creating task: push, or ask for the action, again"

#: State of a task, or reason of its last run (queue API, status) -> what to do. A rerun starts a
#: task even if its dependencies never ran.
_ENDS: Mapping[str, tuple[str, str]] = {
    "failed": ("failed", _RERUN),
    "canceled": ("cancelled", _ANEW),
    "deadline-exceeded": ("past the deadline", _ANEW),
}


class Known(Protocol):
    """What is known of tasks: a queue, or records of one."""

    def definitions(self, task_ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Task id -> definition of those that exist."""
        ...

    def statuses(self, task_ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Task id -> status of those that exist."""
        ...


def refuse_doomed(known: Known, intended: Sequence[Intended], existing: Collection[int]) -> None:
    """Raise `Refused` (Q715) if tasks that are still to be created could never start.

    `existing` are the positions of existing tasks. A task with `all-resolved` can start whatever
    its dependencies end as.
    """
    there = sorted(existing)
    statuses = known.statuses([intended[at].task_id for at in there])
    ended: dict[str, list[int]] = {}
    for at in there:
        if reason := _end(statuses.get(intended[at].task_id, {})):
            ended.setdefault(reason, []).append(at)
    if ended and (problems := tuple(_problems(intended, frozenset(existing), ended))):
        raise Refused(*problems)


def _end(status: Mapping[str, Any]) -> str:
    """Why a task will not complete by itself; empty for all others."""
    state = status.get("state")
    if state == "exception":
        return str(status["runs"][-1].get("reasonResolved", state)) if status["runs"] else state
    return "failed" if state == "failed" else ""


def _problems(
    intended: Sequence[Intended], existing: Collection[int], ended: Mapping[str, Sequence[int]]
) -> Iterator[Diagnostic]:
    edges = [() if task.body.get("requires") == "all-resolved" else task.needs for task in intended]
    needed_by = walk.reverse(edges)
    for reason, dead in ended.items():
        through = walk.pulled_in(needed_by, dead)
        waiting = [at for at, by in enumerate(through) if by >= 0 and at not in existing]
        # Of those, only the dependencies of new tasks are a problem.
        wanted = walk.pulled_in(edges, waiting)
        in_the_way = [at for at in dead if wanted[at] >= 0]
        if not waiting:
            continue
        became, remedy = _ENDS.get(reason, (f"resolved as `{reason}`", _RERUN))
        count = "a task" if len(in_the_way) == 1 else f"{len(in_the_way):,} tasks"
        verb = "is" if len(in_the_way) == 1 else "are"
        yield Diagnostic(
            "Q715",
            f"{count} of an earlier run {verb} {became}: {labels(intended, in_the_way)}",
            (intended[in_the_way[0]].origin,),
            why=f"these are still to be created, and could not start: {labels(intended, waiting)}",
            remedy=remedy,
        )
