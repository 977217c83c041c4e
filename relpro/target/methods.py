"""Takes the full graph and a target method, gives the selected tasks and their dependencies."""

from collections.abc import Callable, Collection, Iterator, Sequence

import attrs

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.graph import walk
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import NOTHING, GraphConfig, TargetMethod
from relpro.model.decision import Decision, Verdict
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.python.functions import Role, project_function
from relpro.target.filters import FILTERS, SIGN_OFFS, Filter

STAGE = "target"

_NOTHING = TargetMethod(NOTHING, (), False, {}, (NOTHING,), Origin(""))

#: The rules of a method that are keys of its own, not filters.
_OWN_RULES = ("phase", "product", "match-any")

#: Returns the function for a dotted name in a target method.
FindFilter = Callable[[str, TargetMethod], Filter]


@attrs.frozen
class Targeted:
    """The result of a target method.

    `labels` are the selected tasks; `graph` has them and all their dependencies; `decisions` has
    one decision for each label of the full graph.
    """

    labels: tuple[str, ...]
    graph: TaskGraph
    decisions: tuple[Decision, ...] = attrs.field(repr=False)


def select(
    full: TaskGraph,
    method: TargetMethod,
    *,
    parameters: Parameters,
    config: GraphConfig,
    project_filters: FindFilter | None = None,
) -> Targeted:
    """The tasks of `full` that `method` selects.

    `project_filters` gives the project's own filters, by dotted name; by default they are
    imported. Tasks with attribute `always_target` are wanted besides, if the parameters say so.
    Raises `RelproError` (O601) for functions and parameters that do not exist.
    """
    raise_all(_strange_matches(method, parameters))
    rules = _rules(method, project_filters or project_filter)
    always = _always(parameters) if method is not _NOTHING else _never
    unwanted: dict[int, tuple[str, str]] = {}
    wanted: dict[int, str] = {}
    for at, task in enumerate(full):
        if (objection := _objection(rules, task, parameters, config)) is None:
            wanted[at] = method.name
        elif task.attributes.get("always_target") and always(task):
            wanted[at] = "always-target"
        else:
            unwanted[at] = objection
    _hold_dependents(full, wanted, unwanted)
    return _targeted(full, wanted, unwanted)


def _strange_matches(method: TargetMethod, parameters: Parameters) -> Iterator[Diagnostic]:
    """A diagnostic (O601) for each unknown parameter in `match-any`."""
    for name in method.match_any.values():
        if name not in parameters.values:
            what = f"`match-any` of target method `{method.name}` names parameter `{name}`"
            remedy = meant(name, sorted(parameters.values))
            where = (method.origin,)
            yield Diagnostic("O601", f"{what}, which does not exist", where, remedy=remedy)


def _hold_dependents(
    full: TaskGraph, wanted: dict[int, str], unwanted: dict[int, tuple[str, str]]
) -> None:
    """Move the dependents of tasks that wait for a sign-off from `wanted` to `unwanted`.

    Otherwise they would pull the waiting task back in.
    """
    held = {at for at, (rule, _) in unwanted.items() if rule == SIGN_OFFS}
    for at in full.sequence if held else ():
        blocking = next((need for need in full.hard[at] if need in held), None)
        if at in held or blocking is None:
            continue
        held.add(at)
        if wanted.pop(at, None) is not None:
            unwanted[at] = (SIGN_OFFS, f"it needs `{full.tasks[blocking].label}`, which waits")


def select_labels(full: TaskGraph, labels: Collection[str]) -> Targeted:
    """The tasks of `full` with the requested `labels`."""
    asked = frozenset(labels)
    wanted = {at: "asked for" for at, task in enumerate(full) if task.label in asked}
    unwanted = {at: ("not asked for", "") for at in range(len(full)) if at not in wanted}
    return _targeted(full, wanted, unwanted)


def _targeted(
    full: TaskGraph, wanted: dict[int, str], unwanted: dict[int, tuple[str, str]]
) -> Targeted:
    through = walk.pulled_in(full.hard, wanted)
    labels = tuple(full.tasks[at].label for at in wanted)
    graph = full.restrict(task.label for task, by in zip(full, through, strict=True) if by >= 0)
    return Targeted(labels, graph, tuple(_decisions(full, wanted, unwanted, through)))


def _decisions(
    full: TaskGraph,
    wanted: dict[int, str],
    unwanted: dict[int, tuple[str, str]],
    through: Sequence[int],
) -> Iterator[Decision]:
    for at, task in enumerate(full):
        if at in wanted:
            yield Decision(task.label, STAGE, Verdict.TARGETED, wanted[at])
            continue
        rule, cause = unwanted[at]
        if through[at] < 0:
            yield Decision(task.label, STAGE, Verdict.UNWANTED, rule, cause)
        else:
            by = full.tasks[through[at]].label
            yield Decision(task.label, STAGE, Verdict.NEEDED, "dependency", cause, by)


def _objection(
    rules: Sequence[tuple[str, Filter]], task: Task, parameters: Parameters, config: GraphConfig
) -> tuple[str, str] | None:
    """The first rule that leaves a task out, with the reasons of all rules that do.

    Filters are called only for tasks that the method's own rules accept.
    """
    objections: list[tuple[str, str]] = []
    for name, admits in rules:
        if objections and name not in _OWN_RULES:
            break
        if reason := admits(task, parameters, config):
            objections.append((name, reason))
    if not objections:
        return None
    return objections[0][0], ", and ".join(reason for _, reason in objections)


def _always(parameters: Parameters) -> Callable[[Task], bool]:
    """Whether parameter `always_target` applies to a task: to all, to none, or to some kinds."""
    enabled = parameters.get("enable_always_target")
    if isinstance(enabled, list | tuple):
        return lambda task: task.kind in enabled
    return lambda _: bool(enabled)


def _never(_task: Task) -> bool:
    return False


def _rules(method: TargetMethod, project_filters: FindFilter) -> tuple[tuple[str, Filter], ...]:
    """The rules that a task must pass, by name, cheapest first."""
    rules: list[tuple[str, Filter]] = []
    if method.phases:
        rules.append(("phase", _phase_rule(method)))
    if method.match_product:
        rules.append(("product", _same_product))
    if method.match_any:
        rules.append(("match-any", _match_rule(method)))
    problems: list[Diagnostic] = []
    for name in method.filters:
        try:
            own = name not in FILTERS
            rules.append((name, project_filters(name, method) if own else FILTERS[name]))
        except RelproError as error:
            problems += error.diagnostics
    if problems:
        raise RelproError(*problems)
    return tuple(rules)


def _phase_rule(method: TargetMethod) -> Filter:
    names = frozenset(phase.value if phase else None for phase in method.phases)

    def phase(task: Task, _parameters: Parameters, _config: GraphConfig) -> str:
        own = task.attributes.get("shipping_phase") or None
        if own in names:
            return ""
        return f"it belongs to phase `{own}`" if own else "it belongs to no phase"

    return phase


def _same_product(task: Task, parameters: Parameters, _config: GraphConfig) -> str:
    if task.product == parameters.release_product:
        return ""
    return f"it belongs to product `{task.product}`" if task.product else "it belongs to no product"


def _match_rule(method: TargetMethod) -> Filter:
    pairs = tuple(method.match_any.items())

    def match_any(task: Task, parameters: Parameters, _config: GraphConfig) -> str:
        attributes = task.attributes
        for attribute, parameter in pairs:
            if attribute in attributes and attributes[attribute] == parameters.get(parameter):
                return ""
        named = " or ".join(f"`{a}` the value of parameter `{p}`" for a, p in pairs)
        return f"it does not have as {named}"

    return match_any


def project_filter(name: str, method: TargetMethod) -> Filter:
    """The project's own filter that a method names. Raises `RelproError` (O601) if there is none.

    Calling the filter raises `RelproError` (T410) if it fails.
    """
    named_by = f"target method `{method.name}`"
    role = Role(named_by, method.origin, "O601", "task, parameters, config", str)
    return project_function(name, role)


def method_named(name: str, config: GraphConfig) -> TargetMethod:
    """The target method called `name`. Raises `RelproError` (O601) if there is none."""
    if name in config.target_methods:
        return config.target_methods[name]
    if name == NOTHING:
        return _NOTHING
    there = ", ".join((*config.target_methods, NOTHING))
    remedy = meant(name, config.target_methods, f"there are: {there}")
    what = f"target method `{name}` does not exist"
    raise RelproError(Diagnostic("O601", what, (config.origin,), remedy=remedy))
