"""Takes the id of a task group, gives the graph of its tasks, as those that made them published it.

A task names the one that made it (`extra.parent`): a decision, or an action, which may add to the
group of another.
"""

import orjson

from relpro.compare.artifacts import FILES, graph_by_labels
from relpro.errors import Diagnostic, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.submit.queue import Queue


def graph_of_group(queue: Queue, group: str) -> TaskGraph:
    """The tasks of a group of which a graph is published, each made by one of them.

    Raises `RelproError`: Q706 where a graph is not there any more, Q711 where no task of the group
    says what made it, G308 for what is no graph.
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
