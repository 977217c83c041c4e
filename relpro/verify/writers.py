"""Takes the full graph, finds places that are written twice: by tasks, or by a task and a copy."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from relpro.errors import Diagnostic
from relpro.graph.places import copied, copied_from
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.place import MOVING, SAID_BELOW, Copy, Place
from relpro.model.task import Task
from relpro.values.globs import Globs
from relpro.verify.effects import released

_Copies = Sequence[tuple[Task, Copy]]


def every_place_has_one_writer(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """No two tasks write one place, and no task writes one twice (G362): one diagnostic per task.

    The policy lists kinds that may write some places again. Copies count as writes.

    Tasks that this release does not have, because they belong to another product or release type,
    may write the same places as their counterparts.
    """
    writers: dict[Place, Task] = {}
    rewriting = _rewriting(config.policy.rewriting_kinds)
    tasks = [task for _, task in released(graph, parameters, config)]
    for task in tasks:
        told = False
        for place in task.effects.writes:
            first = writers.setdefault(place, task)
            if first is task:
                continue
            kind, key = place
            if kind in MOVING and first.product != task.product:
                continue  # the place leads to the latest release of whichever product
            if _may(rewriting.get((first.kind, kind), _NO_GLOBS), key):
                writers[place] = task
            elif not told and not _may(rewriting.get((task.kind, kind), _NO_GLOBS), key):
                told = True
                yield _twice(place, task, first)
        if not told and len(set(task.effects.writes)) < len(task.effects.writes):
            yield _repeated(task)
    yield from _hardly_apart(writers)
    copies = [(task, copy) for task in tasks for copy in task.effects.copies]
    yield from _copied_over(copies, writers)
    yield from _copied_twice(copies, writers)


_NO_GLOBS = Globs.of(())

#: Kind of task, kind of place -> the keys that such a task may write again; None for all.
_Rewriting = Mapping[tuple[str, str], Globs | None]


def _rewriting(kinds: Mapping[str, Mapping[str, Sequence[str]]]) -> _Rewriting:
    return {
        (kind, place): None if "**" in globs else Globs.of(globs)
        for kind, some in kinds.items()
        for place, globs in some.items()
    }


def _may(globs: Globs | None, key: str) -> bool:
    return globs is None or (globs is not _NO_GLOBS and globs.match(key))


def _hardly_apart(writers: Mapping[Place, Task]) -> Iterator[Diagnostic]:
    """Places that are distinct here but the same in a file system or service: one per task.

    Download names are case-insensitive, and so are file names on many systems; on no system is one
    path both a file and a folder.
    """
    names: dict[Place, Place] = {}
    told: set[str] = set()
    for place, task in writers.items():
        if place.kind in _WITHOUT_CASE and task.label not in told:
            first = names.setdefault(Place(place.kind, place.key.lower()), place)
            if first is not place:
                told.add(task.label)
                yield _alike(
                    place, task, first, writers[first], "which is the same but for capitals"
                )
    folders: set[str] = set()
    for place, task in writers.items():
        above = place.key.rpartition("/")[0] if place.kind == "object" else ""
        while above and above not in folders:
            folders.add(above)
            if (file := Place("object", above)) in writers and task.label not in told:
                told.add(task.label)
                yield _alike(place, task, file, writers[file], "which would be a folder as well")
            above = above.rpartition("/")[0]


#: Kinds of places whose keys many systems compare case-insensitively.
_WITHOUT_CASE = frozenset({"object", "download", "alias"})


def _copied_over(copies: _Copies, writers: Mapping[Place, Task]) -> Iterator[Diagnostic]:
    """Objects that one task writes and another copies to: one diagnostic per copy."""
    for task, copy in copies:
        for place, first in writers.items():
            below = place.kind == "object" and place.key.startswith(copy.target)
            if below and Place("object", copied_from(copy, place.key)) in writers:
                yield _twice(place, task, first)
                break


def _copied_twice(copies: _Copies, writers: Mapping[Place, Task]) -> Iterator[Diagnostic]:
    """Objects to which two tasks copy; checked only if the target folders overlap."""
    ordered = sorted(copies, key=lambda one: one[1].target)
    pairs = pairwise(copy.target for _, copy in ordered)
    if not any(after.startswith(before) for before, after in pairs):
        return
    keys = [place.key for place in writers if place.kind == "object"]
    found: dict[str, Task] = {}
    for task, copy in copies:
        for _, target in copied(copy, keys):
            first = found.setdefault(target, task)
            if first is not task:
                yield _twice(Place("object", target), task, first)
                break


def _twice(place: Place, task: Task, first: Task) -> Diagnostic:
    what = f"tasks `{first.label}` and `{task.label}` both write {place.kind} `{place.key}`"
    where = tuple(dict.fromkeys((task.origin, first.origin)))
    remedy = "add to it what differs between them, such as the platform or the locale"
    why = "the second would overwrite what the first wrote, or fail"
    return Diagnostic(
        "G362", what, where, why=why, remedy=remedy, said=place.name, within=SAID_BELOW
    )


def _alike(place: Place, task: Task, other: Place, first: Task, how: str) -> Diagnostic:
    what = (
        f"task `{task.label}` writes {place.kind} `{place.key}`, and `{first.label}` writes "
        f"`{other.key}`, {how}"
    )
    where = tuple(dict.fromkeys((task.origin, first.origin)))
    why = "where one of the two is kept, the other cannot be"
    remedy = "give them names that differ more"
    return Diagnostic(
        "G362", what, where, why=why, remedy=remedy, said=place.name, within=SAID_BELOW
    )


def _repeated(task: Task) -> Diagnostic:
    writes = task.effects.writes
    place = next(place for at, place in enumerate(writes) if place in writes[:at])
    what = f"task `{task.label}` writes {place.kind} `{place.key}` twice"
    remedy = "give each file a place of its own"
    return Diagnostic(
        "G362", what, (task.origin,), remedy=remedy, said=place.name, within=SAID_BELOW
    )
