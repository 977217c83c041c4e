"""Takes tasks, gives what they do to places, one item for each: what people look at and compare.

To what the builder of a payload says, the routes of the index are added, which stand in the body.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import attrs

from relpro.graph.taskgraph import TaskGraph
from relpro.model.place import Copy, Effects, Place
from relpro.model.task import Task

_INDEX = "index."

#: The source of what comes from earlier releases.
OUTSIDE = "outside"


class Use(NamedTuple):
    """What one task does to one place: `writes`, `reads` or `copies` it.

    `locale` is that of the task, empty where it has none; `source` is what is copied, or `OUTSIDE`
    of what is read and no task of the release writes.
    """

    place: Place
    does: str
    task: str
    locale: str = ""
    source: str = ""


def effects_of(task: Task) -> Effects:
    """What a task does, with the index paths at which it will be found."""
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
    """What the tasks of a graph do, in their order."""
    for task in graph:
        yield from uses_of(task.label, effects_of(task), task.attributes.get("locale") or "")


def uses_of(label: str, effects: Effects, locale: str = "") -> Iterator[Use]:
    """What the task of a label does. A copy is of all objects below a folder."""
    for place in effects.writes:
        yield Use(place, "writes", label, locale)
    for place in effects.reads:
        yield Use(place, "reads", label, locale)
    for place in effects.outside:
        yield Use(place, "reads", label, locale, OUTSIDE)
    for copy in effects.copies:
        yield Use(Place("object", copy.target), "copies", label, locale, copy.source)


def written_places(effects: Effects) -> Iterator[Place]:
    """What is written, and the folders to which copies go."""
    yield from effects.writes
    for copy in effects.copies:
        yield Place("object", copy.target)


def copied(copy: Copy, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Of the objects with these keys, those that are copied: each with the key of its copy."""
    excluded = _exclusion(copy)
    for key in keys:
        if key.startswith(copy.source) and not excluded.match(key.partition("/")[2]):
            yield key, copy.target + key.removeprefix(copy.source)


def copied_from(copy: Copy, key: str) -> str:
    """The key of the object of which a copy would have this key; empty where none can be."""
    if not key.startswith(copy.target):
        return ""
    source = copy.source + key.removeprefix(copy.target)
    return "" if _exclusion(copy).match(source.partition("/")[2]) else source


def _exclusion(copy: Copy) -> re.Pattern[str]:
    """What matches the paths of objects that are not copied."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in copy.excluded) or r"(?!)")
