from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.errors import RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision, Verdict
from relpro.model.task import Task
from relpro.optimize.found import Found
from relpro.optimize.offered import OFFERED
from relpro.optimize.optimize import Optimized, optimize
from relpro.optimize.outcome import Outcome, Remove, Replace
from relpro.optimize.strategies import evaluate, make_strategies
from relpro.testing.factories import make_parameters, make_task
from tests.graph.random_graphs import KINDS, random_graphs

FOUND = Found({"found": "id-found"})


def optimized(
    graph: TaskGraph,
    wanted: list[str] | None = None,
    existing: Mapping[str, str] | None = None,
    protected: list[str] | None = None,
    rebuild: list[str] | None = None,
    **parameters: Any,
) -> Optimized:
    return optimize(
        graph,
        list(graph.labels) if wanted is None else wanted,
        parameters=make_parameters(**parameters),
        existing_tasks=existing or {},
        do_not_optimize=protected or [],
        rebuild_kinds=rebuild or [],
        strategies=make_strategies(graph, lambda _paths: FOUND),
    )


Case = tuple[TaskGraph, list[str], dict[str, str], list[str], list[str]]


def outcome(graph: TaskGraph, task: Task) -> Outcome:
    strategies = make_strategies(graph, lambda _paths: FOUND)
    return evaluate(task.optimization or {"never": None}, task, make_parameters(), strategies)


def naively_kept(graph: TaskGraph, wanted: list[str], protected: list[str]) -> set[str]:
    """Keep what must be kept, again and again until nothing changes."""
    kept: set[str] = set()
    while True:
        more = set(kept)
        for task in graph:
            needed = any(task.label in graph[label].dependencies.values() for label in kept)
            asked = task.label in wanted and not isinstance(outcome(graph, task), Remove)
            conditions = {task.dependencies[name] for name in task.if_dependencies}
            allowed = not conditions or conditions & kept
            if task.label in protected or needed or (asked and allowed):
                more.add(task.label)
        if more == kept:
            return kept
        kept = more


def naively_replaced(kept: set[str], case: Case) -> dict[str, str]:
    """Replace what may be replaced, again and again."""
    graph, _, existing, protected, rebuild = case
    replaced: dict[str, str] = {}
    for task in list(graph) * len(graph):
        blocked = any(d in kept and d not in replaced for d in task.dependencies.values())
        if task.label not in kept or task.label in protected or blocked:
            continue
        verdict = outcome(graph, task)
        if task.label in existing and task.kind not in rebuild:
            replaced[task.label] = existing[task.label]
        elif isinstance(verdict, Replace):
            replaced[task.label] = verdict.task_id
    return replaced


@st.composite
def cases(draw: st.DrawFn) -> Case:
    full = draw(random_graphs())
    some = st.lists(st.sampled_from(full.labels), unique=True) if len(full) else st.just([])
    wanted = draw(some)
    existing = {label: f"id-{label}" for label in draw(some)}
    kinds = draw(st.lists(st.sampled_from(KINDS), unique=True, max_size=1))
    protected = draw(some) if draw(st.booleans()) else []
    return full.restrict(full.closure(wanted)), wanted, existing, protected, kinds


@given(cases())
def test_it_does_what_the_rules_say(case: Case) -> None:
    graph, wanted, existing, protected, rebuild = case
    kept = naively_kept(graph, wanted, protected)
    replaced = naively_replaced(kept, case)
    found = optimized(graph, wanted, existing, protected, rebuild)
    assert set(found.graph.labels) == kept - replaced.keys()
    assert dict(found.replaced) == replaced
    assert set(found.removed) == set(graph.labels) - kept


@given(cases())
def test_nothing_dangles_and_earlier_graphs_stay_as_they_are(case: Case) -> None:
    graph, wanted, existing, protected, rebuild = case
    before = graph.to_json()
    found = optimized(graph, wanted, existing, protected, rebuild)
    assert graph.to_json() == before
    for task in found.graph:
        assert task is graph[task.label]
        for label in task.dependencies.values():
            assert label in found.graph or label in found.replaced
    assert [one.label for one in found.decisions] == list(graph.labels)
    verdicts = {
        Verdict.KEPT: found.graph.labels,
        Verdict.REPLACED: tuple(found.replaced),
        Verdict.REMOVED: found.removed,
    }
    for verdict, labels in verdicts.items():
        assert labels == tuple(one.label for one in found.decisions if one.verdict is verdict)


def decision(found: Optimized, label: str) -> tuple[Verdict, str, str, str]:
    one: Decision = next(one for one in found.decisions if one.label == label)
    return one.verdict, one.rule, one.cause, one.needed_by


ALWAYS = {"always": None}


def test_a_task_that_something_needs_is_kept_whatever_its_strategy_says() -> None:
    graph = TaskGraph.build([make_task("image", optimization=ALWAYS), make_task("build", "image")])
    assert decision(optimized(graph), "image") == (Verdict.KEPT, "dependent", "", "build")


def test_what_only_a_removed_task_needed_is_removed() -> None:
    graph = TaskGraph.build([make_task("image"), make_task("build", "image", optimization=ALWAYS)])
    found = optimized(graph, ["build"])
    assert found.removed == ("image", "build")
    assert decision(found, "build") == (Verdict.REMOVED, "always", "always optimized", "")
    cause = "nothing that is made needs it"
    assert decision(found, "image") == (Verdict.REMOVED, "not-needed", cause, "")


def test_labels_not_to_be_optimized_are_made() -> None:
    graph = TaskGraph.build([make_task("a", optimization=ALWAYS), make_task("b")])
    found = optimized(graph, existing={"b": "id"}, protected=["a", "b"])
    assert found.graph.labels == ("a", "b")
    assert decision(found, "b")[:2] == (Verdict.KEPT, "do-not-optimize")


def test_targets_are_made_where_parameters_say_that_they_are_not_optimized() -> None:
    graph = TaskGraph.build([make_task("a", optimization=ALWAYS), make_task("b", "a")])
    existing = {"a": "id-a", "b": "id-b"}
    found = optimized(graph, ["b"], existing, optimize_target_tasks=False)
    assert found.graph.labels == ("b",)
    assert found.replaced == {"a": "id-a"}


def test_rebuilding_a_kind_rebuilds_what_needs_it() -> None:
    graph = TaskGraph.build(
        [
            make_task("image-a", optimization={"index-search": ["lost"]}),
            make_task("image-b", optimization={"index-search": ["found"]}),
            make_task("build-a", "image-a"),
            make_task("build-b", "image-b"),
        ]
    )
    found = optimized(graph, existing={label: label for label in graph.labels}, rebuild=["image"])
    assert found.graph.labels == ("image-a", "build-a")
    assert found.replaced == {"image-b": "id-found", "build-b": "build-b"}
    cause = "image: nothing in the index at `lost`"
    assert decision(found, "image-a") == (Verdict.KEPT, "rebuild-kinds", cause, "")
    cause = "it needs `image-a`, which is made"
    assert decision(found, "build-a") == (Verdict.KEPT, "dependency", cause, "")
    assert decision(found, "image-b") == (Verdict.REPLACED, "index-search", "found at `found`", "")
    assert decision(found, "build-b") == (Verdict.REPLACED, "existing-tasks", "", "")


def test_of_a_task_that_is_needed_it_stands_why_no_other_is_used() -> None:
    search = {"index-search": ["lost"]}
    graph = TaskGraph.build(
        [
            make_task("image", optimization=search),
            make_task("tool", "image", optimization=search),
            make_task("changed", optimization={"skip-unless-changed": ["src"]}),
            make_task("build", "tool", "changed"),
        ]
    )
    found = optimized(graph, ["build"], files_changed=["other"])
    told = {label: decision(found, label)[1:] for label in ("image", "tool", "changed")}
    cause = "index-search: nothing in the index at `lost`"
    assert told == {
        "image": ("dependent", cause, "tool"),
        "tool": ("dependent", "it needs `image`, which is made", "build"),
        "changed": ("dependent", "", "build"),
    }


@pytest.mark.parametrize("skipped", [(), ("a",), ("b",), ("a", "b")])
def test_a_conditional_task_runs_if_one_of_its_conditions_does(skipped: tuple[str, ...]) -> None:
    tasks = [make_task(name, optimization=ALWAYS if name in skipped else None) for name in "ab"]
    tasks += [
        make_task("image"),
        make_task("notify", "a", "b", "image", if_dependencies=["a", "b"]),
    ]
    found = optimized(TaskGraph.build(tasks), ["a", "b", "notify"])
    if len(skipped) == 2:
        assert found.graph.labels == ()
        cause = "nothing of `a`, `b` is made"
        assert decision(found, "notify") == (Verdict.REMOVED, "if-dependencies", cause, "")
    else:
        assert found.graph.labels == ("a", "b", "image", "notify")
        name = "b" if "a" in skipped else "a"
        cause = f"`{name}` is made"
        assert decision(found, "notify") == (Verdict.KEPT, "if-dependencies", cause, "")


def test_a_soft_dependency_decides_nothing() -> None:
    graph = TaskGraph.build(
        [make_task("lint", optimization=ALWAYS), make_task("review", soft_dependencies=["lint"])]
    )
    assert optimized(graph).graph.labels == ("review",)


@pytest.mark.parametrize(
    ("optimization", "message"),
    [
        ({"skip-unles-changed": []}, "did you mean `skip-unless-changed`?"),
        ({"any": [{"not": {"alwais": None}}]}, "did you mean `always`?"),
        ({"zzz": None}, f"there are: {', '.join(OFFERED)}, any"),
        ({"never": None, "always": None}, "must have an `optimization` that is one strategy"),
        ({"any": {"never": None}}, "must have a list under `any`"),
        ({"index-search": "a.path"}, "must have a list of texts under `index-search`"),
        ({"not": {"skip-unless-changed": None}}, "list of texts under `skip-unless-changed`"),
    ],
)
def test_an_optimization_that_cannot_be_evaluated_is_told(
    optimization: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(RelproError) as caught:
        optimized(TaskGraph.build([make_task("t", optimization=optimization)]))
    assert message in str(caught.value)
    assert [one.code for one in caught.value.diagnostics] == ["O602"]
