"""Takes a graph, finds violations of the rules for every release: phases, products, scopes."""

from collections.abc import Iterator

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.phase import PHASES, Phase
from relpro.model.task import Task
from relpro.verify.patterns import Patterns

_RANKS = {name: rank for rank, name in enumerate(PHASES)}
_PROMOTE = Phase.PROMOTE.rank


def phases_only_depend_backwards(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """No task depends on one of a later phase (G307). A task without a phase counts as built."""
    ranks = [_rank(task) for task in graph]
    for at, needs in enumerate(graph.waits):
        for needed in needs:
            if ranks[needed] > ranks[at]:
                yield _forwards(graph.tasks[at], graph.tasks[needed])


def _rank(task: Task) -> int:
    return _RANKS.get(task.attributes.get("shipping_phase") or "", 0)


def _phase_of(task: Task) -> str:
    name = task.attributes.get("shipping_phase")
    return f"phase {name}" if name else "no phase"


def _forwards(task: Task, needed: Task) -> Diagnostic:
    what = (
        f"task `{task.label}` of {_phase_of(task)} depends on `{needed.label}` of "
        f"{_phase_of(needed)}"
    )
    why = f"phases run in the order {', '.join(PHASES)}, so it could never start"
    return Diagnostic("G307", what, (task.origin, needed.origin), why=why)


def released_tasks_have_a_product(
    graph: TaskGraph, _parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """Every task of promote, push or ship says which product it releases (G310).

    A task that only cron starts, as its attribute `cron` says, is part of no promotion.
    """
    for task in graph:
        product = task.attributes.get("shipping_product")
        released = _rank(task) >= _PROMOTE and not task.attributes.get("cron")
        if released and product not in config.products:
            said = f"names product `{product}`" if product else "names no product"
            what = f"task `{task.label}` of {_phase_of(task)} {said}"
            why = "a promotion selects its tasks by product, so none would ever select it"
            remedy = f"set `shipping-product` to one of {', '.join(config.products)}"
            yield Diagnostic("G310", what, (task.origin,), why=why, remedy=remedy)


def release_scopes_are_for_releases(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """Release scopes are only for production, staging scopes only for staging.

    A production task of promote, push or ship must not have a staging scope either: it would look
    released without being so (G310).
    """
    level = config.release_level(parameters.project, parameters.level)
    is_real = level == "production"
    wrong = Patterns.of(config.policy.staging_scopes if is_real else config.policy.release_scopes)
    for task in graph:
        if is_real and _rank(task) < _PROMOTE:
            continue
        for scope in task.definition.get("scopes", ()):
            if wrong.match(scope):
                yield _wrong_scope(task, scope, parameters, is_real=is_real)


def _wrong_scope(task: Task, scope: str, parameters: Parameters, *, is_real: bool) -> Diagnostic:
    place = f"`{parameters.project}` at level {parameters.level}"
    if is_real:
        what = f"task `{task.label}` has scope `{scope}` of staging"
        why = f"{place} makes real releases"
    else:
        what = f"task `{task.label}` has scope `{scope}` of production"
        why = f"{place} makes no real release"
    remedy = "choose it `by-release-level`"
    return Diagnostic("G310", what, (task.origin,), why=why, remedy=remedy)


def nothing_is_compiled_again(
    graph: TaskGraph, _parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """No promotion makes a task of a kind that compiles (G310): tested files must ship.

    Products that are rebuilt are exceptions of the policy.
    """
    kinds, rebuilt = frozenset(config.policy.compile_kinds), config.policy.rebuilt_products
    for task in graph:
        if task.kind in kinds and task.attributes.get("shipping_product") not in rebuilt:
            yield Diagnostic(
                "G310",
                f"task `{task.label}` would compile again what is to be released",
                (task.origin, config.policy.origin),
                why="the binaries that were tested are those that ship",
                remedy=f"take `{task.kind}` from `rebuild-kinds`",
            )
