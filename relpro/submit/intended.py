"""Takes a morphed graph, gives the tasks and bodies that the queue should have."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from relpro.errors import Diagnostic, Origin, Refused
from relpro.graph.files import encode
from relpro.graph.taskgraph import TaskGraph
from relpro.model.counted import listed
from relpro.model.limits import MAX_BODY, MAX_DEPENDENCIES
from relpro.model.task import Json
from relpro.submit.dates import Dates

#: The maximum size of a body (queue API, createTask); beyond it, the queue fails without a reason.

#: The most labels named in one message.
_NAMED = 10


@attrs.frozen
class Intended:
    """One task that the queue should have.

    `body` is what is submitted, with relative dates. `needs` are the positions of the tasks of the
    same graph that must exist before this one.
    """

    label: str
    kind: str
    task_id: str
    body: Mapping[str, Json] = attrs.field(repr=False)
    needs: tuple[int, ...]
    origin: Origin = attrs.field(repr=False)


def intend(
    graph: TaskGraph,
    task_ids: Mapping[str, str],
    *,
    group: str,
    scheduler: str | None = None,
    creator: str | None = None,
) -> tuple[Intended, ...]:
    """The tasks of a morphed graph as members of task group `group`, in the graph's order.

    `task_ids` maps labels to ids; `scheduler` replaces the schedulerId of the bodies. With
    `creator`, the id of the task that creates them, tasks without dependencies in the graph depend
    on it, so that none starts before all exist.
    """
    positions = {task_ids[task.label]: at for at, task in enumerate(graph)}
    common = {"taskGroupId": group, **({"schedulerId": scheduler} if scheduler else {})}

    def one(at: int) -> Intended:
        task = graph.tasks[at]
        dependencies = list(task.definition.get("dependencies", ()))
        within = tuple(positions[one] for one in dependencies if one in positions)
        if creator and not within and creator not in dependencies:
            dependencies = sorted((*dependencies, creator))
        body = {**task.definition, **common, "dependencies": dependencies}
        needs = tuple(need for need in within if need != at)
        return Intended(task.label, task.kind, task_ids[task.label], body, needs, task.origin)

    return tuple(one(at) for at in range(len(graph)))


def encode_bodies(intended: Sequence[Intended], now: datetime) -> tuple[bytes, ...]:
    """The request of each task, with dates counted from `now`.

    Raises `Refused` (Q701) with every task that is too large for the queue.
    """
    dates = Dates(now)
    bodies = tuple(dates.resolve(encode(task.body)) for task in intended)
    problems = [
        Diagnostic("Q701", f"task `{task.label}` {problem}", (task.origin,))
        for task, body in zip(intended, bodies, strict=True)
        for problem in _oversize(task, body)
    ]
    if problems:
        raise Refused(*problems)
    return bodies


def labels(intended: Sequence[Intended], positions: Sequence[int], most: int = _NAMED) -> str:
    """The labels of the tasks at `positions`, in words; at most `most` of them."""
    return listed([intended[at].label for at in positions], most)


def _oversize(task: Intended, body: bytes) -> Iterator[str]:
    count = len(task.body["dependencies"])
    if count > MAX_DEPENDENCIES:
        yield f"has {count:,} dependencies, and the queue takes {MAX_DEPENDENCIES:,}"
    if len(body) > MAX_BODY:
        yield f"has a body of {len(body):,} bytes, and the queue takes {MAX_BODY:,}"
