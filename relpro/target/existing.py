"""Takes the goal of a release, gives the tasks that earlier phases made or should have made."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from relpro.errors import SHOWN, Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id
from relpro.model.config import Flavor, GraphConfig
from relpro.model.decision import Decision
from relpro.model.parameters import Parameters
from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.target.methods import FindFilter, Targeted, method_named, select

#: The made-up creator of tasks in phases that are only assumed to have run.
ASSUMED_CREATOR = "EARLIEREQNasAssumedgAA"

#: The most missing tasks of one kind that are reported one by one.
_TOLD = 5


def existing_for(
    flavor: Flavor,
    full: TaskGraph,
    shown: TaskGraph,
    push_method: str,
    *,
    parameters: Parameters,
    config: GraphConfig,
) -> Mapping[str, str]:
    """Label -> task id: the recorded tasks, and assumed ones for phases without a record.

    `shown` is the full graph as target methods see it. Raises like `earlier_targets`.
    """
    recorded = parameters.existing_tasks
    since = recorded_phase(parameters, config) if recorded else Phase.BUILD
    phase, product = flavor.phase, flavor.product
    earlier = earlier_targets(
        shown, phase, product, push_method, since=since, parameters=parameters, config=config
    )
    built = built_for(full, product) if since is Phase.BUILD else ()
    return {**assume_earlier(full, earlier, built), **recorded}


def earlier_targets(
    full: TaskGraph,
    phase: Phase,
    product: str,
    push_method: str,
    *,
    since: Phase = Phase.BUILD,
    parameters: Parameters,
    config: GraphConfig,
    project_filters: FindFilter | None = None,
) -> Iterator[Targeted]:
    """The labels that each phase from `since` to before `phase` selects, for `product`.

    `push_method` is the target method of a decision on a push. Raises `RelproError` (O601) for
    methods and filters that do not exist.
    """
    push = parameters.replace(
        config.locations.origin("target-tasks-method"),
        release_product=None,
        shipping_phase=None,
        tasks_for=_push_of(parameters),
    )
    runs = [(push_method, push)] if since is Phase.BUILD else []
    for flavor in config.flavors.values():
        if flavor.product == product and since <= flavor.phase and flavor.phase < phase:
            values = {"shipping_phase": flavor.phase.value, **flavor.parameters}
            runs.append(
                (
                    flavor.target_tasks_method,
                    parameters.replace(flavor.origin, release_product=product, **values),
                )
            )
    for name, values_then in runs:
        method = method_named(name, config)
        yield select(
            full, method, parameters=values_then, config=config, project_filters=project_filters
        )


def _push_of(parameters: Parameters) -> str:
    if parameters.tasks_for != "action":
        return parameters.tasks_for
    return "hg-push" if parameters.get("repository_type") == "hg" else "github-push"


def recorded_phase(parameters: Parameters, config: GraphConfig) -> Phase:
    """The phase for which parameters were made."""
    method = parameters["target_tasks_method"]
    phases = [f.phase for f in config.flavors.values() if f.target_tasks_method == method]
    return min(phases, default=Phase.BUILD, key=lambda phase: phase.rank)


def assume_earlier(
    full: TaskGraph, earlier: Iterable[Targeted], built: Collection[str] = ()
) -> Mapping[str, str]:
    """Label -> task id of everything that the `earlier` phases would have made.

    `built` are labels that exist whatever a push selects; all their dependencies exist, too. The
    ids are made up, but always the same. Labels are in declared order.
    """
    made = set(full.closure(built))
    for targeted in earlier:
        made.update(targeted.graph.labels)
    return {task.label: task_id(ASSUMED_CREATOR, task.label) for task in full if task.label in made}


def built_for(full: TaskGraph, product: str) -> tuple[str, ...]:
    """The tasks of the build phase that `product` needs, on whatever branch it is built.

    No push makes what only cron starts.
    """
    return tuple(
        task.label
        for task in full
        if task.phase is Phase.BUILD
        and task.product in {None, product}
        and not task.attributes.get("cron")
    )


def missing_earlier(
    created: TaskGraph,
    phase: Phase,
    existing_tasks: Mapping[str, str],
    *,
    rebuild_kinds: Collection[str] = (),
    asked_for: Collection[str] = (),
    decisions: Iterable[Decision] = (),
) -> Iterator[Diagnostic]:
    """A diagnostic (O603) for each task that would be made although an earlier phase should have.

    `created` are the tasks that `phase` would create; tasks of `rebuild_kinds` and the labels
    `asked_for` may be made again. If an existing task would be made again because of one of its
    dependencies, only the dependency is reported. `decisions` have the reasons why tasks were not
    found.
    """
    culprits: set[int] = set()
    missing: dict[str, list[Task]] = {}
    for at in created.sequence:
        task = created.tasks[at]
        if task.label in asked_for or task.kind in rebuild_kinds:
            continue
        if (own := task.phase) is None or not own < phase:
            continue
        follows = any(need in culprits for need in created.hard[at])
        culprits.add(at)
        if task.label not in existing_tasks:
            missing.setdefault(task.kind, []).append(task)
        elif not follows:
            yield _made_again(task, _root(task, created), decisions)
    candidates = _by_kind(existing_tasks)
    for position, (kind, tasks) in enumerate(missing.items()):
        near = candidates.get(kind.partition("-")[0], ()) if position < SHOWN else ()
        yield from _missing(kind, tasks, phase, near)


def _by_kind(labels: Iterable[str]) -> Mapping[str, list[str]]:
    """Labels by their first word, so that a missing label is not compared with all others."""
    result: dict[str, list[str]] = {}
    for label in labels:
        result.setdefault(label.partition("-")[0], []).append(label)
    return result


def _missing(
    kind: str, tasks: list[Task], phase: Phase, candidates: Collection[str]
) -> Iterator[Diagnostic]:
    why = f"`{phase.value}` uses what was tested: it never makes it again"
    remedy = "add the task group that has it to `previous_graph_ids`" + or_rebuild(tasks[0])
    if len(tasks) > _TOLD:
        first = ", ".join(f"`{task.label}`" for task in tasks[:_TOLD])
        what = f"{len(tasks)} tasks of kind `{kind}` should exist and do not: {first}, ..."
        yield Diagnostic("O603", what, (tasks[0].origin,), _phase(tasks[0]), why, remedy)
        return
    import difflib  # noqa: PLC0415 - only for the message of an error

    for task in tasks:
        close = difflib.get_close_matches(task.label, candidates, n=3)
        near = f"; the nearest that exist: {', '.join(f'`{one}`' for one in close)}"
        what = f"task `{task.label}` should exist and does not{near if close else ''}"
        yield Diagnostic("O603", what, (task.origin,), _phase(task), why, remedy)


def _made_again(task: Task, root: Task | None, decisions: Iterable[Decision]) -> Diagnostic:
    what = f"task `{task.label}` exists and would be made again"
    if root is None:
        why, remedy = "nothing lets it be reused", "push anew"
    else:
        cause = next((one.cause for one in decisions if one.label == root.label and one.cause), "")
        why = f"it needs `{root.label}`, which is made anew{f': {cause}' if cause else ''}"
        remedy = (
            f"wait until the push has made `{root.label}`, and it is found in the index (at a "
            "desk: in `--answers`), or push anew"
        )
    return Diagnostic("O603", what, (task.origin,), _phase(task), why, remedy + or_rebuild(task))


def _root(task: Task, created: TaskGraph) -> Task | None:
    """The first dependency of a task that would be made; None if there is none."""
    root = None
    while needs := created.needs(task.label):
        root = task = needs[0]
    return root


def or_rebuild(task: Task) -> str:
    """The end of a remedy. Compiled tasks ship as tested, so rebuilding them is not suggested."""
    is_built = task.phase is Phase.BUILD
    return "" if is_built else f", or add kind `{task.kind}` to `rebuild_kinds`"


def _phase(task: Task) -> str:
    return f"phase `{task.attributes['shipping_phase']}`"
