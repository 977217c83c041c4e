"""Takes the full graph, finds tasks that read places that no earlier task of the release writes.

A key with `*` is a glob; a key that ends in `/` covers everything below it. A copy reads its
source.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import attrs

from relpro.errors import Diagnostic
from relpro.graph import walk
from relpro.graph.places import copied, copied_from
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.place import Copy, Place
from relpro.model.task import Task
from relpro.values.globs import Glob
from relpro.verify.effects import released

#: The end of the literal part of a glob; a character that sorts after all others.
_WILD = re.compile(r"[*?\[]")
_LAST = chr(0x10FFFF)

#: The position of a task, and those of tasks of which one is enough.
At = int
OneOf = tuple[At, ...]


def what_is_read_is_written_before(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """Every place that is read is written (G364), by a task that surely comes before (G365).

    That is a dependency of the reader, or a task of an earlier phase: a promotion starts only after
    all tasks of earlier phases are completed. No task of this release writes places from outside
    (G364). Nothing is checked on a push to the repository.
    """
    if not parameters["release_product"]:
        return
    every = [*released(graph, parameters, config)]
    written, order = Written(every), _Order(graph)
    for at, task in every:
        for place in task.effects.reads:
            writers = written.writers(place)
            if not writers:
                yield _unwritten(task, place, written)
            elif late := order.late(at, writers):
                yield _unordered(task, graph.tasks[late[0]], place, len(late))
        for copy in task.effects.copies:
            if late := _late_sources(copy, at, written, order):
                place = Place("object", copy.source)
                yield _unordered(task, graph.tasks[late[0]], place, len(late))
        yield from _own(graph, task, written)


def _late_sources(copy: Copy, at: At, written: "Written", order: "_Order") -> Sequence[At]:
    """Exclusions of a copy are only evaluated if some source may come too late."""
    below = written.below(copy.source)
    return order.late(at, written.sources(copy)) if order.late(at, below) else ()


@attrs.frozen(slots=False, eq=False, repr=False)
class Written:
    """The places that tasks write, with their positions."""

    tasks: Sequence[tuple[At, Task]]

    @cached_property
    def places(self) -> Mapping[Place, OneOf]:
        """Each place with the tasks that write it; few have more than one."""
        found: dict[Place, OneOf] = {}
        for at, task in self.tasks:
            for place in task.effects.writes:
                found[place] = (*found[place], at) if place in found else (at,)
        return found

    @cached_property
    def _keys(self) -> Mapping[str, Sequence[str]]:
        """Kind of place -> the keys of written places, sorted."""
        found: dict[str, list[str]] = {}
        for kind, key in self.places:
            found.setdefault(kind, []).append(key)
        return {kind: sorted(keys) for kind, keys in found.items()}

    @cached_property
    def _copies(self) -> Sequence[tuple[At, Copy]]:
        return [(at, copy) for at, task in self.tasks for copy in task.effects.copies]

    @cached_property
    def _many(self) -> dict[Place, frozenset[OneOf]]:
        return {}

    def writers(self, place: Place) -> tuple[OneOf, ...] | frozenset[OneOf]:
        """The tasks that write a place, or the places that match a glob; copies count."""
        if not place.is_many:
            found = self.places.get(place)
            return self._copiers(place) if found is None else (found,)
        if place not in self._many:
            kind, matched = place.kind, self._matched(place)
            own = (self.places[Place(kind, key)] for key in matched)
            self._many[place] = frozenset([*own, *self._copiers(place)])
        return self._many[place]

    def _matched(self, place: Place) -> Iterable[str]:
        """The keys of written places that match a glob; copies do not count."""
        start = _start(place.key)
        keys = self._starting(place.kind, start)
        return keys if start == place.key else filter(Glob.of(place.key).match, keys)

    def _starting(self, kind: str, start: str) -> Sequence[str]:
        keys = self._keys.get(kind, ())
        first = bisect_left(keys, start)
        return keys[first : bisect_left(keys, f"{start}{_LAST}", first)]

    def below(self, folder: str) -> frozenset[OneOf]:
        """The tasks that write objects below a folder."""
        return frozenset(
            self.places[Place("object", key)] for key in self._starting("object", folder)
        )

    def copied(self, copy: Copy) -> Iterator[tuple[str, str]]:
        """The objects of a copy, each with the key of its copy."""
        return copied(copy, self._starting("object", copy.source))

    def sources(self, copy: Copy) -> frozenset[OneOf]:
        """The tasks that write the source of a copy."""
        return frozenset(self.places[Place("object", key)] for key, _ in self.copied(copy))

    def _copiers(self, place: Place) -> tuple[OneOf, ...]:
        if place.kind != "object":
            return ()
        return tuple((at,) for at, copy in self._copies if self._copies_to(copy, place.key))

    def _copies_to(self, copy: Copy, key: str) -> bool:
        if not Place("object", key).is_many:
            return Place("object", copied_from(copy, key)) in self.places
        start = _start(key)
        if not (start.startswith(copy.target) or copy.target.startswith(start)):
            return False
        glob = Glob.of(key)
        return any(glob.match(to) for _, to in self.copied(copy))


def _start(key: str) -> str:
    """The literal part at the start of a pattern."""
    return _WILD.split(key, maxsplit=1)[0]


@attrs.frozen(slots=False, eq=False, repr=False)
class _Order:
    """Decides which tasks are surely completed before another starts."""

    graph: TaskGraph
    _behind: dict[tuple[At, ...], Sequence[int]] = attrs.field(factory=dict, init=False)
    _late: dict[object, Sequence[At]] = attrs.field(factory=dict, init=False)

    @cached_property
    def _ranks(self) -> Sequence[int | None]:
        """The rank of the phase of each task; None without a phase."""
        return [phase.rank if (phase := task.phase) else None for task in self.graph]

    def late(self, at: At, writers: Collection[OneOf]) -> Sequence[At]:
        """From each group of writers, a task that may come after the task at a position, sorted."""
        waits = self.graph.waits[at]
        key = waits, self._ranks[at], writers
        if key not in self._late:
            self._late[key] = self._found_late(waits, self._ranks[at], writers)
        return self._late[key]

    def _found_late(
        self, waits: tuple[At, ...], rank: int | None, writers: Collection[OneOf]
    ) -> Sequence[At]:
        # Checking phase and direct dependencies first nearly always avoids the search.
        open_ones = [
            some
            for some in writers
            if not any(one in waits or self._is_earlier(one, rank) for one in some)
        ]
        if not open_ones:
            return ()
        if waits not in self._behind:
            self._behind[waits] = walk.pulled_in(self.graph.waits, waits)
        behind = self._behind[waits]
        return sorted(some[0] for some in open_ones if all(behind[one] < 0 for one in some))

    def _is_earlier(self, at: At, rank: int | None) -> bool:
        own = self._ranks[at]
        return own is not None and rank is not None and own < rank


def _unwritten(task: Task, place: Place, written: Written) -> Diagnostic:
    many = ", which matches nothing that a task writes"
    what = f"task `{task.label}` reads {place.kind} `{place.key}`"
    what += many if place.is_many else ", which no task writes"
    known = [other.key for other in written.places if other.kind == place.kind]
    remedy = meant(place.key, known, "let a task of this phase or of an earlier one write it")
    return Diagnostic("G364", what, (task.origin,), remedy=remedy)


def _own(graph: TaskGraph, task: Task, written: Written) -> Iterator[Diagnostic]:
    """Places declared as written by earlier releases, and written by this one."""
    for place in task.effects.outside:
        if not place.is_many and (writers := written.writers(place)):
            writer = graph.tasks[min(writers)[0]]
            read = f"{place.kind} `{place.key}` as of an earlier release"
            what = f"task `{task.label}` reads {read}, and `{writer.label}` writes it"
            where = tuple(dict.fromkeys((task.origin, writer.origin)))
            remedy = "name an earlier release, or read it as its own"
            yield Diagnostic("G364", what, where, remedy=remedy)


def _unordered(task: Task, writer: Task, place: Place, count: int) -> Diagnostic:
    more = f" and {count - 1} more" if count > 1 else ""
    what = (
        f"task `{task.label}` reads {place.kind} `{place.key}`, and does not wait for "
        f"`{writer.label}`{more}, which writes it"
    )
    where = tuple(dict.fromkeys((task.origin, writer.origin)))
    remedy = f"make it depend on `{writer.label}`, or move that to an earlier phase"
    return Diagnostic("G365", what, where, remedy=remedy)
