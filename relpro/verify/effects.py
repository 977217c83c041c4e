"""Takes the full graph, finds what its tasks would do to the world and no release should.

Tasks of one product, over all phases, are one release.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from relpro.errors import Diagnostic
from relpro.graph import walk
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.counted import listed
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.place import NO_EFFECTS, Place
from relpro.model.task import Task

#: What no part of the key of an object may be or hold, and how each is told.
_ILL_FORMED: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"^$"), "it is empty"),
    (re.compile(r"^/"), "it begins with `/`"),
    (re.compile(r"/$"), "it ends with `/`"),
    (re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:"), "it begins with a scheme"),
    (re.compile(r"(^|/)\.\.?(/|$)"), "a part of it is `.` or `..`"),
    (re.compile(r"//"), "a part of it is empty"),
    (re.compile(r"[\x00-\x1f\x7f]"), "it holds a control character"),
    (re.compile(r"^\s|\s$"), "a blank stands at an end"),
)

#: Nearly all keys, which need not be looked at piece by piece: a bucket, folders and a file.
_FINE = re.compile(r"[^/:\s]+(?:/[^/.:\x00-\x20\x7f][^/:\x00-\x1f\x7f]*)+(?<!\s)")


def every_place_has_one_writer(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """No two tasks write one place, and no task writes one twice (G362).

    Between tasks, the policy names kinds that may.

    Tasks that this release does not have, as they are of another product or release type, may write
    what those do that stand for them here.
    """
    writers: dict[Place, Task] = {}
    rewriting = frozenset(config.policy.rewriting_kinds)
    for _, task in released(graph, parameters, config):
        for place in task.effects.writes:
            first = writers.setdefault(place, task)
            if first is not task and not {first.kind, task.kind} & rewriting:
                yield _twice(place, task, first)
                break
        else:
            if len(set(task.effects.writes)) < len(task.effects.writes):
                yield _repeated(task)


def released(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[tuple[int, Task]]:
    """The tasks with effects that this release may have, with their positions.

    They are of its product, and their attributes let some flavor of that select them. On a push,
    which releases no product, those of every product count.
    """
    product = parameters["release_product"]
    for at, task in enumerate(graph):
        if task.effects is NO_EFFECTS or (product and task.product not in (None, product)):
            continue
        if _is_selectable(task, parameters, config):
            yield at, task


def _is_selectable(task: Task, parameters: Parameters, config: GraphConfig) -> bool:
    methods = {
        flavor.target_tasks_method
        for flavor in config.flavors.values()
        if flavor.product == task.product
    }
    return not methods or any(
        not method.match_any
        or any(
            task.attributes.get(name) == parameters[parameter]
            for name, parameter in method.match_any.items()
        )
        for method in map(config.target_methods.__getitem__, methods)
    )


def _twice(place: Place, task: Task, first: Task) -> Diagnostic:
    what = f"tasks `{first.label}` and `{task.label}` both write {place.kind} `{place.key}`"
    where = tuple(dict.fromkeys((task.origin, first.origin)))
    remedy = "let it say what differs between them, for example the platform or the locale"
    why = "the second would overwrite what the first wrote, or fail"
    return Diagnostic("G362", what, where, why=why, remedy=remedy)


def _repeated(task: Task) -> Diagnostic:
    writes = task.effects.writes
    place = next(place for at, place in enumerate(writes) if place in writes[:at])
    what = f"task `{task.label}` writes {place.kind} `{place.key}` twice"
    return Diagnostic("G362", what, (task.origin,), remedy="give each file a place of its own")


def keys_are_well_formed(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """Every path in a bucket leads to one file, by one name (G363): one finding for each task."""
    for task in graph:
        for kind, key in task.effects.writes:
            if kind == "object" and not _FINE.fullmatch(key) and (fault := _fault(key)):
                path = key.partition("/")[2]
                what = f"task `{task.label}` writes object `{path}`: {fault}"
                remedy = "write folders and a file name, divided by single `/`"
                yield Diagnostic("G363", what, (task.origin,), remedy=remedy)
                break


def _fault(key: str) -> str:
    path = key.partition("/")[2]
    return next((told for pattern, told in _ILL_FORMED if pattern.search(path)), "")


def objects_are_below_owned_folders(
    graph: TaskGraph, _parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """Objects are written, and copied, where the project says it owns (G367): one for each task.

    A project that says nothing of it may write anywhere.
    """
    owned = config.policy.owned_folders
    if not owned:
        return
    folders = tuple(f"{bucket}/{path}" for bucket, paths in owned.items() for path in paths)
    for task in graph:
        if task.effects is NO_EFFECTS:
            continue
        written = (key for kind, key in task.effects.writes if kind == "object")
        copied = (copy.target for copy in task.effects.copies)
        for key in (*written, *copied):
            if not key.startswith(folders):
                yield _disowned(task, key, owned)
                break


def _disowned(task: Task, key: str, owned: Mapping[str, Sequence[str]]) -> Diagnostic:
    bucket, _, path = key.partition("/")
    what = f"task `{task.label}` writes object `{path}` of `{bucket}`, which is not the project's"
    if bucket in owned:
        remedy = f"write below {listed(owned[bucket], 3)}, or name its folder there"
        why = f"`policy: owned-folders` names others of `{bucket}`"
    else:
        remedy = meant(bucket, owned, f"name folders of `{bucket}` under `policy: owned-folders`")
        why = f"`policy: owned-folders` names none of `{bucket}`"
    return Diagnostic("G367", what, (task.origin,), why=why, remedy=remedy)


def what_is_read_is_written_before(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """Every place that is read is written (G364), by a task that is sure to come before (G365).

    That is a task on which the reader depends, or one of an earlier phase: a promotion does not
    begin before all tasks of the phases before it are completed. On a push, nothing is looked for.
    """
    if not parameters["release_product"]:
        return
    every = [*released(graph, parameters, config)]
    writers = {place: at for at, task in every for place in task.effects.writes}
    for at, task in every:
        behind: Sequence[int] = ()
        for place in task.effects.reads:
            writer = writers.get(place)
            if writer is None:
                yield _unwritten(task, place, writers)
            elif not graph.tasks[writer].is_of_earlier_phase(task):
                behind = behind or walk.pulled_in(graph.hard, graph.hard[at])
                if behind[writer] < 0:
                    yield _unordered(task, graph.tasks[writer], place)


def _unwritten(task: Task, place: Place, writers: Mapping[Place, int]) -> Diagnostic:
    what = f"task `{task.label}` reads {place.kind} `{place.key}`, which no task writes"
    written = [other.key for other in writers if other.kind == place.kind]
    remedy = meant(place.key, written) or "let a task of this phase or of an earlier one write it"
    return Diagnostic("G364", what, (task.origin,), remedy=remedy)


def _unordered(task: Task, writer: Task, place: Place) -> Diagnostic:
    what = (
        f"task `{task.label}` reads {place.kind} `{place.key}`, and does not wait for "
        f"`{writer.label}`, which writes it"
    )
    where = tuple(dict.fromkeys((task.origin, writer.origin)))
    remedy = f"let it depend on `{writer.label}`, or move that to an earlier phase"
    return Diagnostic("G365", what, where, remedy=remedy)
