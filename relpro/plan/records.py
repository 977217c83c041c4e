"""What Taskcluster knows of existing tasks: requested over HTTP, or from a folder."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import orjson

from relpro.errors import Diagnostic, RelproError, Unreachable
from relpro.model.task import Json
from relpro.optimize.found import Found, nothing_found
from relpro.schemas.shape import Shape

#: States in which a task can still change (queue API, status).
UNRESOLVED = frozenset({"unscheduled", "pending", "running"})

#: The most reasons of one sort that are listed.
_TOLD = 5

#: A status from the queue: `taskId`, `state`, `expires`, ... (queue API, status).
Status = Mapping[str, Any]


#: A definition from the queue: `taskGroupId`, `schedulerId`, ... (queue API, task).
Definition = Mapping[str, Any]


class Records(Protocol):
    """Reads from queue and index. Every method may raise `Unreachable` (Q702, Q703)."""

    def artifact(self, task_id: str, name: str) -> bytes:
        """The content of an artifact of the latest run; raises Q706 if it is not available."""
        ...

    def find(self, path: str) -> str | None:
        """The id of the task at an index path, or None."""
        ...

    def find_all(self, paths: Collection[str]) -> Found:
        """The tasks at those of `paths` that exist."""
        ...

    def group(self, task_group_id: str) -> Mapping[str, Status]:
        """Task id -> status of every task of a group; empty if there is no such group."""
        ...

    def statuses(self, task_ids: Collection[str]) -> Mapping[str, Status]:
        """Task id -> status; unknown ids are left out."""
        ...

    def definitions(self, task_ids: Collection[str]) -> Mapping[str, Definition]:
        """Task id -> definition; unknown ids are left out."""
        ...


def level_of(scheduler_id: str) -> str:
    """The level of tasks with a scheduler, which scopes protect; `0` if it has none."""
    _, found, level = scheduler_id.rpartition("-level-")
    return level if found else "0"


class NoRecords:
    """Without queue and recorded artifacts: existing tasks are unknown."""

    def artifact(self, task_id: str, name: str) -> bytes:
        """Raise Q703."""
        raise _nobody_knows(f"artifact `{name}` of task `{task_id}`")

    def find(self, path: str) -> str | None:
        """Raise Q703."""
        raise _nobody_knows(f"index path `{path}`")

    def find_all(self, paths: Collection[str]) -> Found:
        """Nothing."""
        return nothing_found(paths)

    def group(self, task_group_id: str) -> Mapping[str, Status]:
        """Raise Q703."""
        raise _nobody_knows(f"task group `{task_group_id}`")

    def statuses(self, task_ids: Collection[str]) -> Mapping[str, Status]:
        """Raise Q703."""
        raise _nobody_knows(f"task {', '.join(f'`{one}`' for one in task_ids)}")

    def definitions(self, task_ids: Collection[str]) -> Mapping[str, Definition]:
        """Nothing."""
        del task_ids
        return {}


def _nobody_knows(what: str) -> RelproError:
    remedy = "set `TASKCLUSTER_ROOT_URL`, or name what was recorded: `--artifacts`, `--answers`"
    why = "no Taskcluster is at hand, and nothing that was recorded of one"
    return Unreachable(
        Diagnostic("Q703", f"nobody can be asked for {what}", why=why, remedy=remedy)
    )


def missing_artifact(task_id: str, name: str, why: str, remedy: str = "") -> RelproError:
    """The error (Q706) for an artifact that should exist and does not."""
    what = f"artifact `{name}` of task `{task_id}` cannot be had"
    return Unreachable(Diagnostic("Q706", what, why=why, remedy=remedy))


def unknown_task(
    task_id: str, why: str, remedy: str = "name the id of a decision task or of an action task"
) -> RelproError:
    """The error (Q706) for an unknown task id, a mistake of whoever wrote it."""
    return RelproError(
        Diagnostic("Q706", f"no task has the id `{task_id}`", why=why, remedy=remedy)
    )


def json_artifact(records: Records, task_id: str, name: str, shape: Shape) -> Json:
    """The content of a JSON artifact; raises Q706 if it is missing or does not fit its schema."""
    content = records.artifact(task_id, name)
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise missing_artifact(task_id, name, f"it is not JSON: {error}") from None
    if wrong := tuple(shape.misfits(found)):
        why = f"it is not what a decision task writes: {listed_reasons(wrong)}"
        raise missing_artifact(task_id, name, why, "name the id of another graph")
    return found


def listed_reasons(reasons: Sequence[str]) -> str:
    """The first few of some reasons, in one text."""
    more = f", and {len(reasons) - _TOLD} more" if len(reasons) > _TOLD else ""
    return "; ".join(reasons[:_TOLD]) + more
