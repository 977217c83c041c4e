"""Takes the few values that a test is about, gives complete tasks, graphs and configurations."""

from collections.abc import Iterable, Mapping

from relpro.errors import Origin
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import Flavor, GraphConfig, TargetMethod
from relpro.model.parameters import Parameters
from relpro.model.phase import Phase
from relpro.model.place import NO_EFFECTS, Effects
from relpro.model.policy import Policy
from relpro.model.task import Json, Task
from relpro.parameters.known import DEFAULTS

#: The origin of values that factories make.
MADE_HERE = Origin("kinds/made/by-a-test.yml", 1)

#: A policy without rules.
NO_POLICY = Policy()


def make_definition(label: str, **changes: Json) -> dict[str, Json]:
    """A body that the queue would accept, for a task `label`; `changes` replace parts of it.

    Dates are relative, as they are until submission.
    """
    return {
        "provisionerId": "built-in",
        "workerType": "succeed",
        "schedulerId": "made-level-1",
        "created": {"relative-datestamp": "0 seconds"},
        "deadline": {"relative-datestamp": "1 day"},
        "expires": {"relative-datestamp": "28 days"},
        "metadata": {
            "name": label,
            "description": f"Made as {label}",
            "owner": "nobody@example.com",
            "source": "https://example.com/made",
        },
        "priority": "low",
        "routes": [],
        "scopes": [],
        "tags": {"label": label},
        "extra": {},
        "payload": {},
        **changes,
    }


def make_task(
    label: str,
    *needs: str,
    kind: str = "",
    phase: str | None = None,
    product: str | None = None,
    attributes: Mapping[str, Json] | None = None,
    dependencies: Mapping[str, str] | None = None,
    definition: Mapping[str, Json] | None = None,
    soft_dependencies: Iterable[str] = (),
    if_dependencies: Iterable[str] = (),
    optimization: Mapping[str, Json] | None = None,
    artifacts: Iterable[str] = (),
    implementation: str = "succeed",
    effects: Effects = NO_EFFECTS,
    origin: Origin = MADE_HERE,
) -> Task:
    """A task that depends on the labels `needs`, each under its own name.

    The default kind is the first word of the label. `definition` are changes to `make_definition`;
    `dependencies` are names -> labels besides `needs`.
    """
    own_kind = kind or label.partition("-")[0]
    own = {"shipping_phase": phase, "shipping_product": product}
    return Task(
        label=label,
        kind=own_kind,
        name=label.removeprefix(f"{own_kind}-"),
        description=f"Made as {label}",
        attributes={**{k: v for k, v in own.items() if v is not None}, **(attributes or {})},
        dependencies={**{need: need for need in needs}, **(dependencies or {})},
        definition=make_definition(label, **(definition or {})),
        origin=origin,
        soft_dependencies=tuple(soft_dependencies),
        if_dependencies=tuple(if_dependencies),
        optimization=optimization,
        artifacts=tuple(artifacts),
        implementation=implementation,
        effects=effects,
    )


def make_graph(edges: Mapping[str, Iterable[str]]) -> TaskGraph:
    """The graph of label -> labels of dependencies, in the order of the mapping."""
    return TaskGraph.build(make_task(label, *needs) for label, needs in edges.items())


def make_parameters(**changes: object) -> Parameters:
    """Default parameters with `changes`."""
    return Parameters({**DEFAULTS, **changes})


def make_method(
    name: str = "wanted",
    *,
    phases: Iterable[Phase | None] = (),
    match_product: bool = False,
    match_any: Mapping[str, str] | None = None,
    filters: Iterable[str] = (),
) -> TargetMethod:
    """A target method; by default it selects every task."""
    return TargetMethod(
        name, tuple(phases), match_product, match_any or {}, tuple(filters), MADE_HERE
    )


def make_flavor(name: str, phase: Phase, product: str, method: str, **parameters: Json) -> Flavor:
    """A flavor without version bump and rebuilds that sets `parameters`."""
    return Flavor(
        name=name,
        phase=phase,
        product=product,
        target_tasks_method=method,
        version_bump=False,
        partial_updates=False,
        is_rc=False,
        rebuild_kinds=(),
        do_not_optimize=(),
        may_differ=(),
        parameters=parameters,
        origin=MADE_HERE,
    )


def make_config(
    *,
    methods: Iterable[TargetMethod] = (),
    flavors: Iterable[Flavor] = (),
    project_aliases: Mapping[str, tuple[str, ...]] | None = None,
    products: tuple[str, ...] = ("widget", "gadget"),
    release_branches: tuple[str, ...] = (),
    policy: Policy = NO_POLICY,
) -> GraphConfig:
    """A minimal graph configuration."""
    every = {method.name: method for method in methods}
    return GraphConfig(
        trust_domain="made",
        products=products,
        transforms_package="transforms",
        project_aliases=project_aliases or {},
        release_branches=release_branches,
        release_type="",
        level="1",
        source_env_prefix="MADE",
        projects={},
        hooks_owner="nobody@example.com",
        scope_prefix="project:made:releng",
        workers={},
        index_products=(),
        index_types={},
        treeherder_groups={},
        task_priority="low",
        task_deadline_after="1 day",
        task_expires_after="28 days",
        target_tasks_method=next(iter(every), ""),
        target_methods=every,
        flavors={flavor.name: flavor for flavor in flavors},
        rebuild_kinds=(),
        may_fail=(),
        version_types=None,
        updates_from=None,
        released_locales=None,
        pass_through=(),
        inputs={},
        variables={},
        attributes={},
        gates=(),
        actions={},
        look_ups={},
        strategies={},
        policy=policy,
        index_task=None,
        version_parser=None,
        origin=MADE_HERE,
    )
