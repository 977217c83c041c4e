"""Takes the id of a task group, gives the graph of its tasks as published by their creators.

A task names its creator (`extra.parent`): a decision, or an action, which may add tasks to the
group of another task.
"""

import orjson

from relpro.compare.artifacts import FILES, graph_by_labels
from relpro.errors import Diagnostic, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.submit.queue import Queue


def graph_of_group(queue: Queue, group: str) -> TaskGraph:
    """The tasks of a group that are in a published graph of their creator.

    Raises `RelproError`: Q706 if a graph no longer exists, Q711 if no task of the group names its
    creator, G308 for an invalid graph.
    """
    parents: dict[str, set[str]] = {}
    for member in queue.group_members(group):
        if parent := member["task"].get("extra", {}).get("parent"):
            parents.setdefault(parent, set()).add(member["status"]["taskId"])
    if not parents:
        what = f"no task of group `{group}` says which graph it is of"
        raise RelproError(Diagnostic("Q711", what, remedy="name the group of a graph"))
    return TaskGraph.of(
        task for parent, ids in parents.items() for task in _published(queue, parent, ids)
    )


def _published(queue: Queue, parent: str, ids: set[str]) -> TaskGraph:
    name = f"public/{FILES['morphed']}"
    content = orjson.loads(queue.artifact(parent, name))
    found = graph_by_labels(content, f"{name} of {parent}", {})
    return found.graph.restrict(found.labels[one] for one in ids if one in found.labels)
