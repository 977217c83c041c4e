"""Takes tasks, gives the places that they use, one item for each.

Index routes, which are in the body, are added to the effects that the payload builder declares.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import attrs

from relpro.graph.taskgraph import TaskGraph
from relpro.model.place import Copy, Effects, Place
from relpro.model.task import Task

_INDEX = "index."

#: The source of places written by earlier releases.
OUTSIDE = "outside"


class Use(NamedTuple):
    """One use of a place by a task: it `writes`, `reads` or `copies` it.

    `locale` is that of the task, or empty; `source` is the copied place, or `OUTSIDE` for a place
    that is read and that earlier releases wrote.
    """

    place: Place
    does: str
    task: str
    locale: str = ""
    source: str = ""


def effects_of(task: Task) -> Effects:
    """The effects of a task, with its index paths."""
    routes = task.definition.get("routes", ())
    found = [
        Place("index", route.removeprefix(_INDEX))
        for route in routes
        if isinstance(route, str) and route.startswith(_INDEX)
    ]
    if not found:
        return task.effects
    return attrs.evolve(task.effects, writes=(*task.effects.writes, *found))


def uses_in(graph: TaskGraph) -> Iterator[Use]:
    """The uses of all tasks of a graph, in their order."""
    for task in graph:
        yield from uses_of(task.label, effects_of(task), task.attributes.get("locale") or "")


def uses_of(label: str, effects: Effects, locale: str = "") -> Iterator[Use]:
    """The uses of the task with a label. A copy is of all objects below a folder."""
    for place in effects.writes:
        yield Use(place, "writes", label, locale)
    for place in effects.reads:
        yield Use(place, "reads", label, locale)
    for place in effects.outside:
        yield Use(place, "reads", label, locale, OUTSIDE)
    for copy in effects.copies:
        yield Use(Place("object", copy.target), "copies", label, locale, copy.source)


def written_places(effects: Effects) -> Iterator[Place]:
    """The written places, and the target folders of copies."""
    yield from effects.writes
    for copy in effects.copies:
        yield Place("object", copy.target)


def copied(copy: Copy, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Those of the objects with these keys that are copied, each with the key of its copy."""
    excluded = _exclusion(copy)
    for key in keys:
        if key.startswith(copy.source) and not excluded.match(key.partition("/")[2]):
            yield key, copy.target + key.removeprefix(copy.source)


def copied_from(copy: Copy, key: str) -> str:
    """The key of the object whose copy would have this key; empty if there cannot be one."""
    if not key.startswith(copy.target):
        return ""
    source = copy.source + key.removeprefix(copy.target)
    return "" if _exclusion(copy).match(source.partition("/")[2]) else source


def _exclusion(copy: Copy) -> re.Pattern[str]:
    """A pattern for the paths of objects that are not copied."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in copy.excluded) or r"(?!)")
