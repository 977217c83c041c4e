"""Takes the full graph, finds deadlines and expiries that the queue would refuse."""

from collections.abc import Iterator

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.values.validators import UNITS, seconds

#: Seconds until the last deadline that the queue takes. Source: the queue, createTask.
LATEST_DEADLINE = 5 * UNITS["day"]


def dates_are_in_order(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """Deadlines are within 5 days, and no task or dependency expires before one (G312).

    A dependency that expires before its dependent's deadline is refused by the queue. All dates
    are counted from one moment. Source: the queue, createTask.
    """
    deadlines = [_after(task, "deadline") for task in graph]
    expiries = [_after(task, "expires") for task in graph]
    for at, task in enumerate(graph):
        if deadlines[at] > LATEST_DEADLINE:
            said = f"deadline is {_words(task, 'deadline')} after its creation"
            yield _wrong(task, task, f"its {said}, and the queue takes 5 days")
        if expiries[at] < deadlines[at]:
            yield _wrong(
                task,
                task,
                f"it expires after {_words(task, 'expires')}, its deadline is "
                f"{_words(task, 'deadline')}",
            )
        for needed in graph.hard[at]:
            if expiries[needed] < deadlines[at]:
                yield _too_early(task, graph.tasks[needed])


def _after(task: Task, key: str) -> int:
    return seconds(_words(task, key)) or 0


def _words(task: Task, key: str) -> str:
    date = task.definition[key]
    return str(date["relative-datestamp"]) if type(date) is dict else ""


def _too_early(task: Task, needed: Task) -> Diagnostic:
    return _wrong(
        task,
        needed,
        f"it may run for {_words(task, 'deadline')}, and its dependency `{needed.label}` expires "
        f"after {_words(needed, 'expires')}",
    )


def _wrong(task: Task, other: Task, what: str) -> Diagnostic:
    where = dict.fromkeys((task.origin, other.origin))
    remedy = "change its `deadline-after`, or the `expires-after` of what it needs"
    return Diagnostic("G312", f"task `{task.label}`: {what}", tuple(where), remedy=remedy)
