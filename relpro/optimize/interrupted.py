"""Takes a graph and its creator, finds the tasks that an interrupted run has created."""

from collections.abc import Callable, Collection

from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id

#: Takes task ids, returns those of existing tasks.
Exists = Callable[[Collection[str]], Collection[str]]


def nothing_exists(_task_ids: Collection[str]) -> Collection[str]:
    """The queue when offline."""
    return ()


def begun(graph: TaskGraph, creator: str, exists: Exists) -> tuple[str, ...]:
    """The labels of optimizable tasks that an earlier run of `creator` has created.

    The next run keeps them, although the index may know suitable tasks now: other tasks of the
    earlier run depend on them.
    """
    own = {
        task_id(creator, task.label): task.label for task in graph if task.optimization is not None
    }
    there = frozenset(exists(tuple(own)) if own else ())
    return tuple(label for own_id, label in own.items() if own_id in there)
