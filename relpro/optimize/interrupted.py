"""Takes a graph and who creates it, gives what an interrupted run has created of it already."""

from collections.abc import Callable, Collection

from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id

#: Takes task ids, gives those of tasks that exist.
Exists = Callable[[Collection[str]], Collection[str]]


def nothing_exists(_task_ids: Collection[str]) -> Collection[str]:
    """The queue as it looks offline."""
    return ()


def begun(graph: TaskGraph, creator: str, exists: Exists) -> tuple[str, ...]:
    """The labels that an earlier run of `creator` has created, of those that may be optimized.

    The next run goes on with them, although since then the index may have come to know other tasks
    that would do: what the earlier run has created besides depends on them.
    """
    own = {
        task_id(creator, task.label): task.label for task in graph if task.optimization is not None
    }
    there = frozenset(exists(tuple(own)) if own else ())
    return tuple(label for own_id, label in own.items() if own_id in there)
