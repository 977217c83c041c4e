"""Takes the full graph, finds routes that the index or Treeherder would ignore.

The queue accepts any text as a route. A service that cannot parse a route ignores it without any
error.
"""

import re
from collections.abc import Iterator

import attrs

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.task import Task

#: One part of an index path. Source: the index service, its schema of namespaces.
_PART = re.compile(r"[a-zA-Z0-9_!~*'()%-]+")
_INDEX = re.compile(rf"index\.(?:{_PART.pattern}\.)*{_PART.pattern}")
#: `<prefix>.v2.<project>.<revision>`, and optionally the id of the push. Source: Treeherder,
#: parse_route.
_TREEHERDER = re.compile(
    r"tc-treeherder(?:-[a-z]+)?\.v2\.[\w-]+(?:/[\w-]+)?\.\w+(?:\.\d+)?", re.ASCII
)


@attrs.frozen
class _Fault:
    """An error in routes: the first such route, and the tasks that have it, by label."""

    route: str
    tasks: dict[str, Task] = attrs.field(factory=dict)


def services_take_every_route(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """Its service can parse each `index.` and `tc-treeherder` route (G330).

    Tasks with the same error in one part of a route are counted, not reported one by one.
    """
    known: dict[str, str] = {}
    faults: dict[str, _Fault] = {}
    for task in graph:
        for route in task.definition.get("routes", ()):
            if route not in known:
                known[route] = _fault(route)
            if known[route]:
                faults.setdefault(known[route], _Fault(route)).tasks[task.label] = task
    for fault, first in faults.items():
        task, *others = first.tasks.values()
        more = f" (and {len(others)} more)" if others else ""
        what = f"task `{task.label}`{more} has route `{first.route}`, {fault}"
        why = "the task would not be found there: a service passes by what it cannot read"
        yield Diagnostic("G330", what, (task.origin,), why=why, remedy=_remedy(first.route))


def _fault(route: str) -> str:
    if route.startswith("index."):
        return "" if _INDEX.fullmatch(route) else _index_fault(route.removeprefix("index."))
    if route.startswith("tc-treeherder") and not _TREEHERDER.fullmatch(route):
        return "which is not `tc-treeherder.v2.PROJECT.REVISION`"
    return ""


def _index_fault(path: str) -> str:
    part = next(part for part in path.split(".") if not _PART.fullmatch(part))
    if part:
        return f"of which the index does not take `{part}`"
    return "which has an empty part: a dot too many, or nothing where something should stand"


def _remedy(route: str) -> str:
    if route.startswith("index."):
        return "use letters, digits and `-_%!~*'()`, and dots between parts; encode others as `%2F`"
    return "let the project's name have no dots, and the revision be that of the push"
