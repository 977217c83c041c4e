"""Takes a graph, finds the tasks that break a rule: say which, and why that is wrong."""

from collections.abc import Iterator

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.task import Task


def __function__(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """A diagnostic (__code__) for each task that is wrong."""
    for task in graph:
        if _is_wrong(task):
            what, remedy = f"task `{task.label}` is wrong", "say what to write instead"
            yield Diagnostic("__code__", what, (task.origin,), remedy=remedy)


def _is_wrong(task: Task) -> bool:
    """Whether a task breaks the rule."""
    return not task.label
