"""Takes what the queue knows of tasks, finds tasks that were not made by this project's graphs.

Artifacts only say what their task wrote. Scheduler, pool, name, group and scopes are controlled by
the queue: nobody can create such a task without the scopes for them.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

import attrs

from relpro.errors import Diagnostic, Origin
from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.optimize.optimize import Optimized
from relpro.optimize.strategies import leaves
from relpro.plan.records import Definition, level_of

#: Prefixes of the names of tasks that create a graph (`.taskcluster.yml`).
GRAPH_NAMES = ("Decision Task", "Action: ")

#: The name of the root of a task group that a person creates.
ROOT = "relpro apply"

#: Strategies that never replace a task by another.
_NOT_REPLACING = frozenset({"never", "always", "skip-unless-changed"})

_QUEUE = Origin("queue")


def repository_path(repository: str) -> str:
    """A repository as written in scopes: without `https://`."""
    url = urlsplit(repository)
    return f"{url.netloc}{url.path}"


def trust_domain_of(scheduler_id: str) -> str:
    """The trust domain of tasks with a scheduler."""
    return scheduler_id.rpartition("-level-")[0]


def foreign_scheduler(task: Definition, own: str) -> tuple[str, str] | None:
    """Why a task belongs to another trust domain or a lower level than scheduler `own`.

    A text that follows the name of the task; None if nothing indicates it.
    """
    scheduler = task["schedulerId"]
    theirs, ours = level_of(scheduler), level_of(own)
    if trust_domain_of(scheduler) != trust_domain_of(own):
        return "is of another trust domain", f"its scheduler is `{scheduler}`, and ours `{own}`"
    if theirs < ours:
        why = f"its scheduler is `{scheduler}`, whatever its parameters say"
        return f"is of level {theirs}, which is below {ours}", why
    return None


def pool_of(body: Mapping[str, object]) -> str:
    """The worker pool of a task, as `provisioner/worker-type`."""
    return str(body.get("taskQueueId") or f"{body.get('provisionerId')}/{body.get('workerType')}")


def _level_in(pool: str, trust_domain: str) -> str:
    """The level of the workers of a pool, if its name contains it."""
    found = re.search(rf"(?:^|[-/]){re.escape(trust_domain)}-([0-9])(?:[-/]|$)", pool)
    return found[1] if found else ""


@attrs.frozen
class Reused:
    """The existing task that is reused for `task`, which is what would be made now."""

    task: Task
    task_id: str
    cached: bool

    def objections(self, body: Definition, own: str, groups: Collection[str]) -> Iterator[str]:
        """Why the task must not be in a graph of scheduler `own`.

        `groups` are those of this project's graphs. A task found in the index may be of any group,
        and may have had another name when it was made.
        """
        if foreign := foreign_scheduler(body, own):
            yield f"{foreign[0]}: {foreign[1]}"
            return
        if fault := self._pool(pool_of(body), trust_domain_of(own)):
            yield fault
        if self.cached:
            return
        if (name := body["metadata"]["name"]) != self.task.definition["metadata"]["name"]:
            yield f"is called `{name}`"
        if body["taskGroupId"] not in groups:
            yield f"is of task group `{body['taskGroupId']}`, which is of no graph of ours"

    def _pool(self, theirs: str, trust_domain: str) -> str:
        ours = pool_of(self.task.definition)
        least, level = _level_in(ours, trust_domain), _level_in(theirs, trust_domain)
        fits = level >= least if least else self.cached
        return "" if theirs == ours or fits else f"ran in pool `{theirs}`, and would in `{ours}`"


def reused_tasks(
    labels: Collection[str], optimized: Optimized, full: TaskGraph, existing: Mapping[str, str]
) -> Iterator[Reused]:
    """The tasks reused for `labels`; `existing` are those recorded by earlier graphs."""
    for label in labels:
        task_id, task = optimized.replaced[label], full[label]
        found = any(name not in _NOT_REPLACING for name, _ in leaves(task.optimization))
        yield Reused(task, task_id, found or existing.get(label) != task_id)


def foreign_tasks(
    reused: Collection[Reused],
    known: Mapping[str, Definition],
    groups: Mapping[str, Definition],
    own: str,
    repository: str,
) -> Iterator[Diagnostic]:
    """A diagnostic (Q714) for each reused task that was not made by a graph of this project.

    `known` are their definitions, `groups` those of the root tasks of their groups; `own` is the
    scheduler of the new tasks, `repository` that of their graph.
    """
    ours = {one for one, body in groups.items() if is_graph(body, own, repository)}
    for one in reused:
        body = known.get(one.task_id)
        for objection in one.objections(body, own, ours) if body else ("has no definition",):
            what = f"task `{one.task_id}`, reused as `{one.task.label}`, {objection}"
            remedy = f"add kind `{one.task.kind}` to `rebuild_kinds`, or use other graphs"
            yield Diagnostic("Q714", what, (_QUEUE,), remedy=remedy)


def is_graph(body: Definition, own: str, repository: str) -> bool:
    """Whether a task is a decision, an action or the root of a graph of `repository`."""
    if foreign_scheduler(body, own):
        return False
    name = body["metadata"]["name"]
    return name == ROOT or (name.startswith(GRAPH_NAMES) and is_of(body, repository))


def is_of(body: Definition, repository: str) -> bool:
    """Whether a task has scopes of a repository."""
    role = f"assume:repo:{repository_path(repository)}:"
    return any(scope.startswith(role) for scope in body.get("scopes", ()))
