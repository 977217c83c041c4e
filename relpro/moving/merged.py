"""Takes the files of a kind, gives its tasks as the loader makes them, defaults merged in."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from relpro.errors import Origin
from relpro.model.task import Json
from relpro.moving.reading import Source, Steps
from relpro.moving.repository import KindSource
from relpro.values.validators import lone_choice

#: The name of a kind's own file among the files of its tasks.
OWN: Final = "kind.yml"

_DEFAULTS: Final[Steps] = ("task-defaults",)


@attrs.frozen(eq=False, repr=False)
class Merged:
    """A task as the first transform gets it.

    `file` is its file in `tasks-from`, or `kind.yml`; `sources` are the places where its parts may
    be, the nearest first: a file, and the path in it.
    """

    name: str
    data: Mapping[str, Any]
    file: str
    sources: tuple[tuple[Source, Steps], ...]

    def origin(self, *path: str | int) -> Origin:
        """The place of a part of the task; that of the task if it is unknown."""
        for end in range(len(path), 0, -1):
            for source, before in self.sources:
                if source.holds(*before, *path[:end]):
                    return source.origin(*before, *path[:end])
        source, before = self.sources[0]
        return source.origin(*before)


def merged_tasks(kind: KindSource) -> Iterator[Merged]:
    """The tasks of a kind, in the order of the loader."""
    own = kind.source
    defaults = own.data.get("task-defaults") or {}
    for name, task in (own.data.get("tasks") or {}).items():
        places: tuple[tuple[Source, Steps], ...] = ((own, ("tasks", name)), (own, _DEFAULTS))
        yield Merged(name, merge(defaults, task or {}), OWN, places)
    for file, source in kind.files.items():
        shared = source.data.get("task-defaults") or {}
        both = merge(defaults, shared) if isinstance(shared, Mapping) else defaults
        for name, task in source.data.items():
            if name != "task-defaults":
                places = ((source, (name,)), (source, _DEFAULTS), (own, _DEFAULTS))
                yield Merged(name, merge(both, task or {}), file, places)


def merge(first: Mapping[str, object], second: Mapping[str, object]) -> dict[str, Any]:
    """Both merged as in taskgraph: mappings deeply, lists appended, else the second wins."""
    made = dict(first)
    for key, value in second.items():
        known = made.get(key)
        if isinstance(value, Mapping) and isinstance(known, Mapping) and not is_keyed(value):
            made[key] = merge(known, value)
        elif isinstance(value, list) and isinstance(known, list):
            made[key] = [*known, *value]
        else:
            made[key] = value
    return made


def without(data: Mapping[str, object], *keys: str) -> dict[str, Any]:
    """A mapping without some of its keys."""
    return {key: value for key, value in data.items() if key not in keys}


def as_mapping(value: object) -> Mapping[str, Any]:
    """A mapping, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def is_keyed(value: object) -> bool:
    """Whether a value is keyed."""
    return lone_choice(value) is not None


def alternatives(value: Json) -> Iterator[Any]:
    """The possible values: the value itself, or every alternative of a keyed one."""
    word = lone_choice(value)
    if word is not None and isinstance(value[word], Mapping):
        for one in value[word].values():
            yield from alternatives(one)
    else:
        yield value


def chosen(value: Json, change: Json) -> Json:
    """The value with `change` applied to it, or to every alternative of a keyed value."""
    word = lone_choice(value)
    if word is not None and isinstance(value[word], Mapping):
        return {word: {key: chosen(one, change) for key, one in value[word].items()}}
    return change(value)
