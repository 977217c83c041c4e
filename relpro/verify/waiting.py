"""Takes tasks, finds those that write a public place before the phase in which that is allowed."""

from collections.abc import Iterator, Mapping, Sequence

from relpro.errors import Diagnostic, RelproError
from relpro.graph.places import written_places
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.phase import PHASE_OF, Phase
from relpro.model.place import SAID_BELOW, Place
from relpro.model.policy import Policy
from relpro.model.task import Task
from relpro.stock.settings import for_release
from relpro.transform.scope import Release
from relpro.verify.patterns import Patterns


def what_people_see_waits_for_its_phase(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """No task writes a place before the first phase in which it may be written (G386).

    One diagnostic per task. If the policy lists a kind of place, a pattern must cover each of its
    places (G387). A task without a phase counts as built.
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
    waiting = {kind: _in_order(phases) for kind, phases in said.items()}
    for task in graph:
        now = task.phase or Phase.BUILD
        for place in written_places(task.effects):
            if (patterns := waiting.get(place.kind)) is None:
                continue
            earliest = next((phase for phase, some in patterns if some.match(place.key)), None)
            if earliest is None or now < earliest:
                yield _too_early(task, place, earliest, config.policy)
                break


def gates_hold_what_they_name(
    graph: TaskGraph, _parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """For each kind that a sign-off gate names, there is a task in the gate's phase (G382).

    A kind may make no task of the product in a release; tasks of other phases do not wait for a
    gate.
    """
    for gate in config.gates:
        for kind in gate.before:
            some = [task for task in graph if (task.kind, task.product) == (kind, gate.product)]
            if some and all(task.phase is not gate.phase for task in some):
                own = gate.phase.value
                what = f"the sign-off gate of phase {own} holds no task of kind `{kind}`"
                why = f"those of `{gate.product}`, such as `{some[0].label}`, are of another phase"
                remedy = f"name kinds of phase {own}, or the phase of `{kind}`"
                yield Diagnostic("G382", what, (gate.origin,), why=why, remedy=remedy)


def _in_order(phases: Mapping[str, Sequence[str]]) -> Sequence[tuple[Phase, Patterns]]:
    """The patterns for each phase, in order, for one kind of place."""
    return [
        (phase, Patterns.of(phases[name])) for name, phase in PHASE_OF.items() if name in phases
    ]


def _too_early(task: Task, place: Place, phase: Phase | None, policy: Policy) -> Diagnostic:
    told = f"phase {task.phase.value}" if task.phase else "no phase"
    what = f"task `{task.label}` of {told} writes {place.kind} `{place.key}`"
    if phase is None:
        why = f"`policy: earliest-phases: {place.kind}` does not say from which phase on it may"
        remedy = "add it there, or correct the place"
        where = (task.origin, policy.origin)
        return Diagnostic(
            "G387", what, where, why=why, remedy=remedy, said=place.name, within=SAID_BELOW
        )
    name = phase.value
    why = f"it cannot be taken back, and waits for phase {name}: `policy: earliest-phases`"
    remedy = f"give the task `shipping-phase: {name}`, or move its kind to `kinds/{name}`"
    return Diagnostic(
        "G386", what, (task.origin,), why=why, remedy=remedy, said=place.name, within=SAID_BELOW
    )
