"""Takes the full graph and its kinds, finds selections by attribute values that no task has.

A section with a misspelt value selects nothing: its task is never made, and no other rule reports
that. Not every release has all platforms, so values in other entries count too.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.kind import Entry, Kind
from relpro.model.nearest import meant
from relpro.transform.template import variable
from relpro.transform.whereabouts import Path, texts
from relpro.values.patterns import Pattern, fault_of

#: The keys of sections that select upstream tasks by their attributes.
_SELECTING: Final = frozenset({"with-attributes", "without-attributes"})


def attributes_in_vain(
    graph: TaskGraph, kinds: Mapping[str, Kind], config: GraphConfig
) -> Iterator[Diagnostic]:
    """A diagnostic (O613) for each attribute for which a section names only values that none has.

    Rendered values are not checked, and neither are attributes that no task has as text.
    """
    entries = [entry for kind in kinds.values() for entry in kind.entries]
    asked = [
        (entry, path, wanted) for entry in entries for path, wanted in _selections(entry.data, ())
    ]
    if not asked:
        return
    written = {text for entry in entries for path, text in texts(entry.data) if _is_free(path)}
    written |= {text for _, text in texts(config.variables)}
    had: dict[str, set[str]] = {}
    for entry, path, wanted in asked:
        name = variable(str(path[-1]))
        if name not in had:
            values = (task.attributes.get(name) for task in graph)
            had[name] = {value for value in values if isinstance(value, str)}
        if had[name] and not any(_fits(one, had[name]) or _fits(one, written) for one in wanted):
            yield _in_vain(entry, path, wanted, had[name])


def _selections(value: object, path: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The texts with which each attribute is compared, if all are constant."""
    if not isinstance(value, Mapping):
        return
    for key, part in value.items():
        if key not in _SELECTING:
            yield from _selections(part, (*path, key))
            continue
        for name, wanted in part.items() if isinstance(part, Mapping) else ():
            every = wanted if isinstance(wanted, list | tuple) else (wanted,)
            if every and all(_is_plain(one) for one in every):
                yield (*path, key, name), tuple(every)


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and "{" not in value and not fault_of(value)


def _is_free(path: Path) -> bool:
    """Whether the value of a key is not itself a selection."""
    return _SELECTING.isdisjoint(path)


def _fits(pattern: str, values: Collection[str]) -> bool:
    return pattern in values or any(map(Pattern.of(pattern).fullmatch, values))


def _in_vain(
    entry: Entry, path: Path, wanted: tuple[str, ...], known: Collection[str]
) -> Diagnostic:
    said = " and ".join(f"`{one}`" for one in wanted)
    what = f"`{path[-2]}` compares `{path[-1]}` with {said}, which no task has"
    remedy = meant(wanted[0], known, "remove it, or write a value that a task has")
    return Diagnostic("O613", what, (entry.origin(*path),), remedy=remedy)
