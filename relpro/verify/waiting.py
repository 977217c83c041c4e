"""Takes tasks, finds those that write where people look before the phase that may."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.phase import PHASES, Phase
from relpro.model.place import NO_EFFECTS, Place
from relpro.model.policy import Policy
from relpro.model.task import Task
from relpro.stock.settings import for_release
from relpro.transform.scope import Release
from relpro.verify.patterns import Patterns


@attrs.frozen
class _Waiting:
    """Of one kind of place: what may be written from each phase on, and, up to it, so far."""

    here: Mapping[str, Patterns]
    so_far: tuple[Patterns, ...]

    @classmethod
    def of(cls, phases: Mapping[str, Sequence[str]]) -> "_Waiting":
        """What the policy says of the kind."""
        said = [phases.get(phase, ()) for phase in PHASES]
        every = (chain.from_iterable(said[: at + 1]) for at in range(len(PHASES)))
        here = {name: Patterns.of(globs) for name, globs in phases.items()}
        return cls(here, tuple(map(Patterns.of, every)))

    def phase_of(self, key: str) -> str | None:
        """The phase for which the key waits; None where nothing is said of it."""
        patterns = ((name, self.here[name]) for name in PHASES if name in self.here)
        return next((name for name, some in patterns if some.match(key)), None)


def what_people_see_waits_for_its_phase(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """No task writes, or copies to, a place before the phase that may (G386): one for each task.

    Of a kind of place of which the policy speaks, it says of every place from which phase on it may
    be written (G387). A task without a phase counts as built.
    """
    written = config.policy.earliest_phases
    if not written:
        return
    release = Release.of(parameters, config)
    try:
        said = for_release("policy.earliest-phases", written, release, config.policy.origin)
    except RelproError as problem:
        yield from problem.diagnostics
        return
    waiting = {kind: _Waiting.of(phases) for kind, phases in said.items()}
    for task in graph:
        if task.effects is NO_EFFECTS:
            continue
        rank = (task.phase or Phase.BUILD).rank
        for place in _written(task):
            one = waiting.get(place.kind)
            if one and not one.so_far[rank].match(place.key):
                yield _too_early(task, place, one.phase_of(place.key), config.policy)
                break


def _written(task: Task) -> Iterator[Place]:
    yield from task.effects.writes
    for copy in task.effects.copies:
        yield Place("object", copy.target)


def _too_early(task: Task, place: Place, phase: str | None, policy: Policy) -> Diagnostic:
    told = f"phase {task.phase.value}" if task.phase else "no phase"
    what = f"task `{task.label}` of {told} writes {place.kind} `{place.key}`"
    if phase is None:
        why = f"`policy: earliest-phases: {place.kind}` does not say from which phase on it may"
        remedy = "say it there, or correct the place"
        return Diagnostic("G387", what, (task.origin, policy.origin), why=why, remedy=remedy)
    why = f"it cannot be taken back, and waits for phase {phase}: `policy: earliest-phases`"
    remedy = f"give the task `shipping-phase: {phase}`, or move its kind to `kinds/{phase}`"
    return Diagnostic("G386", what, (task.origin,), why=why, remedy=remedy)
