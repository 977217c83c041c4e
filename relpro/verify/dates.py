"""Takes the full graph, finds deadlines and expiries that the queue would refuse."""

from collections.abc import Iterator

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.values.validators import seconds
from relpro.verify.lifetimes import last_expiries, lengths, words


def dates_are_in_order(
    graph: TaskGraph, _parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """No deadline is too late for the queue, no task or dependency expires before one (G312).

    The queue refuses a dependency that expires before its dependent's deadline. All dates are
    counted from one moment. Source: the queue, createTask.
    """
    deadlines, expiries = lengths(graph, "deadline"), lengths(graph, "expires")
    longest = seconds(config.longest_deadline) or 0
    for at, task in enumerate(graph):
        if deadlines[at] > longest:
            said = f"its deadline is {words(task, 'deadline')} after its creation"
            what = f"task `{task.label}`: {said}, and the queue takes {config.longest_deadline}"
            remedy = "change its `deadline-after`; if your queue takes more, say `longest-deadline`"
            yield Diagnostic("G312", what, (task.origin,), remedy=remedy)
        if expiries[at] < deadlines[at]:
            yield _wrong(
                task,
                task,
                f"it expires after {words(task, 'expires')}, its deadline is "
                f"{words(task, 'deadline')}",
            )
        for needed in graph.hard[at]:
            if expiries[needed] < deadlines[at]:
                yield _too_early(task, graph.tasks[needed])


def artifacts_expire_with_their_tasks(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """No artifact expires after its task does (G312): one finding for each task.

    The queue refuses such an artifact when the worker creates it. Source: the queue,
    createArtifact.
    """
    ends = lengths(graph, "expires")
    for at, (latest, name) in enumerate(last_expiries(graph)):
        if latest > ends[at]:
            task = graph.tasks[at]
            told = f"its artifact `{name}` expires after it, which does after"
            what = f"task `{task.label}`: {told} {words(task, 'expires')}"
            remedy = "lower the artifact's `expires-after`, or raise that of the task"
            yield Diagnostic("G312", what, (task.origin,), remedy=remedy)


def _too_early(task: Task, needed: Task) -> Diagnostic:
    return _wrong(
        task,
        needed,
        f"it may run for {words(task, 'deadline')}, and its dependency `{needed.label}` expires "
        f"after {words(needed, 'expires')}",
    )


def _wrong(task: Task, other: Task, what: str) -> Diagnostic:
    where = dict.fromkeys((task.origin, other.origin))
    remedy = "change its `deadline-after`, or the `expires-after` of what it needs"
    return Diagnostic("G312", f"task `{task.label}`: {what}", tuple(where), remedy=remedy)
