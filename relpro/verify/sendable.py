"""Takes a graph whose processing failed, finds values that no task can have.

Transforms are Python and can set anything. Code that handles tasks relies on their types; only if
it fails, every task is checked.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.values.portable import DEEPEST_WRITTEN, unfit

_TEXTS = ("priority", "requires")


@contextmanager
def relied_on(graph: TaskGraph) -> Iterator[None]:
    """A context in which a failure because of such a value raises `RelproError` (G370)."""
    try:
        yield
    except RelproError:
        raise
    except Exception:
        raise_all(_found(graph))
        raise


def unsendable(task: Task, fault: str) -> Diagnostic:
    """The diagnostic (G370) for such a value of a task."""
    remedy = "a transform of the kind gives it: give it there as text"
    return Diagnostic("G370", f"task `{task.label}`: {fault}", (task.origin,), remedy=remedy)


def _found(graph: TaskGraph) -> Iterator[Diagnostic]:
    """A diagnostic for each such value, once for all tasks of a file."""
    said = set[tuple[str, str]]()
    for task in graph:
        for fault in _faults(task):
            if (task.origin.file, fault) not in said:
                said.add((task.origin.file, fault))
                yield unsendable(task, fault)


def _faults(task: Task) -> Iterator[str]:
    body = task.definition
    lists = {name: body.get(name, ()) for name in ("scopes", "routes")}
    yield from _no_text("description", task.description)
    for name in _TEXTS:
        yield from _no_text(name, body.get(name, ""))
    for name, value in lists.items():
        for at, one in enumerate(value):
            yield from _no_text(f"{name}[{at}]", one)
    for name, value in body.get("tags", {}).items():
        yield from _no_text(f"tags.{name}", value)
    for name, value in body.items():
        if name not in (*_TEXTS, *lists, "tags", "metadata"):
            yield from unfit(value, name, DEEPEST_WRITTEN)
    yield from unfit(task.attributes, "attributes", DEEPEST_WRITTEN)
    yield from unfit(task.optimization, "optimization", DEEPEST_WRITTEN)


def _no_text(path: str, value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from unfit(value, path)
    else:
        yield f"`{path}` is of type `{type(value).__name__}`, and must be text"
