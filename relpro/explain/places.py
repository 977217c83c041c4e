"""Takes a pipeline and a place, gives the tasks of all phases that write and read it.

A copy writes a place too: its source is shown with it, and the tasks that write the source.
"""

from collections.abc import Iterator, Sequence

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.explain.reasons import Reasons
from relpro.graph.places import copied_from, effects_of
from relpro.graph.taskgraph import TaskGraph
from relpro.model.nearest import meant
from relpro.model.place import KINDS, Place
from relpro.model.task import Task

_FATES = {"created": "is created", "reused": "exists already", "absent": "is not in this graph"}


@attrs.frozen
class Uses:
    """The uses of a place.

    `copies` are tasks with the place that they copy, `leading` are tasks with the download name
    that leads to the object.
    """

    place: Place
    writers: tuple[Task, ...]
    copies: tuple[tuple[Task, "Uses"], ...]
    readers: tuple[Task, ...]
    leading: tuple[tuple[Task, str], ...]

    def __bool__(self) -> bool:
        """Whether any task uses the place."""
        return bool(self.writers or self.copies or self.readers)


def find_uses(graph: TaskGraph, words: str) -> tuple[Uses, ...]:
    """The uses of each place that `words` name: a key, or the kind of a place and a key.

    Raises `RelproError` (O616) if no task uses any.
    """
    kind, _, key = words.partition(" ")
    asked = [Place(kind, key)] if kind in KINDS else [Place(kind, words) for kind in KINDS]
    found = tuple(uses for place in asked if (uses := _uses(graph, place)))
    if not found:
        raise _unknown(graph, words, asked[0] if len(asked) == 1 else None)
    return found


def _uses(graph: TaskGraph, place: Place) -> Uses:
    writers, readers, copies, leading = [], [], [], []
    path = place.key.partition("/")[2] if place.kind == "object" else ""
    for task in graph:
        effects = effects_of(task)
        if place in effects.writes:
            writers.append(task)
        if place in effects.reads:
            readers.append(task)
        for copy in effects.copies if place.kind == "object" else ():
            source = copied_from(copy, place.key)
            if source and (uses := _uses(graph, Place("object", source))):
                copies.append((task, uses))
        if path:
            leading += [(task, one.name) for one in effects.downloads if path in one.paths()]
    return Uses(place, tuple(writers), tuple(copies), tuple(readers), tuple(leading))


def is_about_place(graph: TaskGraph, words: str) -> bool:
    """Whether words can only name a place: they begin with a kind of place."""
    head, between, _ = words.partition(" ")
    if between and head in KINDS:
        return True
    holder, slash, _ = words.partition("/")
    return bool(slash) and any(
        place.key.startswith(f"{holder}/") for task in graph for place in task.effects.writes
    )


def _unknown(graph: TaskGraph, words: str, place: Place | None) -> RelproError:
    known = (
        other.key
        for task in graph
        for other in effects_of(task).writes
        if place is None or other.kind == place.kind
    )
    what = f"no task writes or reads `{words}`"
    remedy = meant(place.key if place else words, known, "`relpro effects` lists what they do")
    return RelproError(Diagnostic("O616", what, remedy=remedy))


def place_lines(reasons: Reasons, found: Sequence[Uses], indent: str = "") -> Iterator[str]:
    """The lines about places: the tasks and phase that write each, and the tasks that read it."""
    for uses in found:
        yield f"{indent}{uses.place}"
        for task in uses.writers:
            yield f"{indent}  written by {_told(reasons, task)}"
        for task, source in uses.copies:
            yield f"{indent}  copied by {_told(reasons, task)}, from"
            yield from place_lines(reasons, [source], f"{indent}    ")
        if not uses.writers and not uses.copies:
            yield f"{indent}  written by no task"
        for task, name in uses.leading:
            yield f"{indent}  found by download {name}, which {task.label} enters"
        for task in uses.readers:
            yield f"{indent}  read by {_told(reasons, task)}"


def _told(reasons: Reasons, task: Task) -> str:
    phase = task.phase
    of = f", phase {phase.value}" if phase else ""
    return f"{task.label}{of}, which {_FATES[reasons.of(task.label).fate]}"
