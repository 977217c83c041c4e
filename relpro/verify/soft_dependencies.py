"""Takes a graph and its kinds, finds soft dependencies that no release can satisfy.

A soft dependency may name a task that this release does not make, so an unknown label can be right.
It is a mistake if no kind could make the task in any release.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from relpro.errors import Diagnostic, Origin
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision
from relpro.model.kind import Kind
from relpro.model.label import label_of
from relpro.model.nearest import meant
from relpro.transform.chain import resolve_chain
from relpro.values.placeholders import PLACEHOLDER

_WHY = "a soft dependency may be on a task that is not made this time, not on one that never is"


def unsatisfiable(
    graph: TaskGraph,
    decisions: Iterable[Decision],
    kinds: Mapping[str, Kind],
    run: Mapping[str, Kind],
) -> Iterator[Diagnostic]:
    """A diagnostic (G301) for each label in soft dependencies of `graph` that no kind can make.

    `decisions` name the tasks that were not made this time; `kinds` are all kinds of the project,
    `run` those whose tasks are in `graph`.
    """
    named = [(graph.tasks[at], label) for at in graph.soft for label in _strangers(graph, at)]
    if not named:
        return
    known = dict.fromkeys([*graph.labels, *(decision.label for decision in decisions)])
    possible = re.compile("|".join(one for kind in kinds.values() for one in _labels(kind, run)))
    for task, label in named:
        if label not in known and not possible.fullmatch(label):
            what = f"task `{task.label}` waits for `{label}`, which no kind makes"
            where = (_written(kinds[task.kind], task.origin),)
            remedy = meant(label, known)
            yield Diagnostic("G301", what, where, "soft-dependencies", _WHY, remedy)


def _strangers(graph: TaskGraph, at: int) -> Iterator[str]:
    return (label for label in graph.tasks[at].soft_dependencies if label not in graph)


def _labels(kind: Kind, run: Mapping[str, Kind]) -> Iterator[str]:
    """A pattern for each form of a label that a kind may make in another release.

    Entries that always make one task are known by name, whether the task was made or not.
    """
    is_open = kind.name not in run or bool(resolve_chain(kind).expanders)
    own = re.escape(kind.name)
    for entry in kind.entries:
        if "label" in entry.data:
            yield from _patterns(entry.data["label"])
        elif "name" in entry.data:
            yield from (label_of(own, one) for one in _patterns(entry.data["name"]))
        elif is_open:
            yield label_of(own, ".+")


def _patterns(template: object) -> Iterator[str]:
    """Patterns for a text with any values of its placeholders; for a keyed value, for each text."""
    if isinstance(template, Mapping):
        for alternative in template.values():
            yield from _patterns(alternative)
        return
    literal, end = [], 0
    text = str(template)
    for match in PLACEHOLDER.finditer(text):
        literal += [
            re.escape(text[end : match.start()]),
            ".*" if match[1] else re.escape(match[0][0]),
        ]
        end = match.end()
    yield "".join((*literal, re.escape(text[end:])))


def _written(kind: Kind, task: Origin) -> Origin:
    """The place of a dependency in the entry of a task; the entry itself if a transform set it."""
    key = "soft-dependencies"
    return next((one.origin(key) for one in kind.entries if one.origin() == task), task)
