"""Takes the reused tasks and the queue's records of them, finds unusable ones."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from relpro.errors import Diagnostic, Origin
from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id
from relpro.model.task import Task
from relpro.optimize.optimize import Optimized
from relpro.plan.records import Definition, Records, Status
from relpro.target.existing import ASSUMED_CREATOR, or_rebuild
from relpro.values.validators import seconds
from relpro.verify.lifetimes import artifact_of, expiries, length
from relpro.verify.upstream import artifacts_read

#: How long after its creation a task may start, if its definition does not say: the maximum of the
#: queue (queue API, createTask).
_LONGEST = timedelta(days=5)


#: The states of tasks that a release may use.
COMPLETED = frozenset({"completed"})


def needed_labels(optimized: Optimized) -> tuple[str, ...]:
    """The labels of reused tasks on which a new task depends, sorted."""
    needed = {
        label
        for task in optimized.graph
        for label in task.dependencies.values()
        if label in optimized.replaced
    }
    return tuple(sorted(needed))


def assumed(reuse: Mapping[str, str]) -> tuple[str, ...]:
    """The labels whose tasks are only assumed to exist, because no earlier graph was given."""
    return tuple(
        label for label, reused in reuse.items() if reused == task_id(ASSUMED_CREATOR, label)
    )


def unreliable(
    optimized: Optimized,
    full: TaskGraph,
    statuses: Mapping[str, Status],
    now: datetime,
    *,
    states: Collection[str] = COMPLETED,
) -> Iterator[Diagnostic]:
    """A diagnostic (Q714) for each reused task that its dependents cannot use.

    It must exist, be in one of `states`, and not expire before the deadline of a new task that
    depends on it: the queue refuses such a dependency.
    """
    deadline = now + max((_deadline(task.definition) for task in optimized.graph), default=_LONGEST)
    for label in needed_labels(optimized):
        reused = optimized.replaced[label]
        if reason := _objection(statuses.get(reused), states, deadline):
            what = f"task `{reused}`, reused as `{label}`, {reason}"
            remedy = f"rerun it, or use other graphs{or_rebuild(full[label])}"
            yield Diagnostic("Q714", what, (Origin("queue"),), remedy=remedy)


def _read(optimized: Optimized) -> Mapping[str, Mapping[str, Task]]:
    """Label of a reused task -> path of an artifact -> the new task that may read it the latest."""
    found: dict[str, dict[str, Task]] = {}
    for task in optimized.graph:
        if optimized.replaced.keys().isdisjoint(task.dependencies.values()):
            continue
        for label, path in artifacts_read(task):
            if label in optimized.replaced:
                paths = found.setdefault(label, {})
                known = paths.setdefault(path, task)
                if length(known, "deadline") < length(task, "deadline"):
                    paths[path] = task
    return found


def expired(
    optimized: Optimized, definitions: Mapping[str, Definition], now: datetime
) -> Iterator[Diagnostic]:
    """A diagnostic (Q714) for each artifact of a reused task that may have expired when it is read.

    `definitions` maps task ids to the queue's definitions, which contain the expiry of artifacts.
    An artifact must not expire before the deadline of a new task that reads it.
    """
    for label, paths in sorted(_read(optimized).items()):
        reused = optimized.replaced[label]
        if (definition := definitions.get(reused)) is None:
            continue
        dates = expiries(definition)
        for path, task in sorted(paths.items()):
            if (name := artifact_of(definition, path)) is None:
                continue
            end, last = datetime.fromisoformat(dates[name]), now + _deadline(task.definition)
            if end < last:
                happened = "expired" if end <= now else "expires"
                too_early = "" if end <= now else f", before `{task.label}` may have run"
                what = (
                    f"artifact `{path}` of task `{reused}`, reused as `{label}`, {happened} at "
                    f"{dates[name]}{too_early}"
                )
                remedy = "push anew, add its kind to `rebuild_kinds`, or use other graphs"
                why = f"`{task.label}` reads it"
                yield Diagnostic("Q714", what, (Origin("queue"),), why=why, remedy=remedy)


def _objection(status: Status | None, states: Collection[str], deadline: datetime) -> str:
    if status is None:
        return "is not known to the queue"
    if status["state"] not in states:
        return f"is {status['state']}, not completed"
    if datetime.fromisoformat(status["expires"]) < deadline:
        return f"expires at {status['expires']}, before what needs it may have run"
    return ""


def _deadline(definition: Mapping[str, object]) -> timedelta:
    words = definition.get("deadline")
    length = seconds(str(words["relative-datestamp"])) if isinstance(words, Mapping) else None
    return _LONGEST if length is None else timedelta(seconds=length)


def made_before(first_id: str, creator: str, records: Records) -> Diagnostic | None:
    """Why a release cannot be made (Q717): its first task belongs to another group."""
    status = records.statuses([first_id]).get(first_id)
    if status is None or status["taskGroupId"] == creator:
        return None
    what = f"this release was made before, by group `{status['taskGroupId']}`"
    remedy = (
        "look at it with `relpro status`, and rerun what failed; to make it once more, and write "
        "everything a second time, give `again: true`"
    )
    return Diagnostic("Q717", what, (Origin("queue"),), remedy=remedy)


def leftovers(
    members: Mapping[str, Status],
    intended: Collection[str],
    creator: str,
    unresolved: Collection[str],
) -> Iterator[Diagnostic]:
    """A diagnostic (Q710) for each unresolved task of a group that this run would not create.

    `members` are the statuses of the group of `creator` (ids -> statuses), `intended` the ids that
    this run creates; those may come from an earlier run of the same task, which this run completes.
    """
    own = frozenset((*intended, creator))
    for task in sorted(members):
        if task not in own and members[task]["state"] in unresolved:
            what = f"task `{task}` of an earlier run of this action is {members[task]['state']}"
            why = "this run would create another graph in the same task group"
            remedy = "cancel the group, and trigger the action again"
            yield Diagnostic("Q710", what, (Origin("queue"),), why=why, remedy=remedy)
