from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id
from relpro.morph.indexing import IndexTask
from relpro.morph.morph import Morphed, morph
from relpro.optimize.optimize import Optimized, optimize
from relpro.optimize.strategies import make_strategies
from relpro.testing.factories import make_parameters, make_task
from tests.graph.random_graphs import random_graphs

CREATOR = "eSaS2gD_T2yo0etipsgD6Q"
ROOT = "https://tc.example.com/"


def optimized(graph: TaskGraph, existing: dict[str, str] | None = None) -> Optimized:
    return optimize(
        graph,
        graph.labels,
        parameters=make_parameters(),
        strategies=make_strategies(graph),
        existing_tasks=existing or {},
    )


def morphed(graph: TaskGraph, existing: dict[str, str] | None = None, **how: Any) -> Morphed:
    return morph(optimized(graph, existing), creator=CREATOR, root_url=ROOT, **how)


@given(random_graphs(), st.data())
def test_bodies_wait_for_exactly_what_their_tasks_need(
    graph: TaskGraph, data: st.DataObject
) -> None:
    labels = st.lists(st.sampled_from(graph.labels), unique=True) if len(graph) else st.just([])
    small = optimized(graph, {label: f"id-{label}" for label in data.draw(labels)})
    found = morph(small, creator=CREATOR)
    ids = found.label_to_taskid
    assert sorted(ids) == sorted((*small.graph.labels, *small.replaced))
    for task in found.graph:
        needs = {ids[label] for label in task.dependencies.values()}
        new = {ids[need.label] for need in small.graph.needs(task.label)}
        body = found.body(task.label)
        assert set(body["dependencies"]) - {CREATOR} == needs | new
        assert body["dependencies"] == sorted(set(body["dependencies"]))
        assert (CREATOR in body["dependencies"]) is (not small.graph.needs(task.label))
        assert body["payload"]["env"] == {name: ids[name] for name in task.dependencies}


@given(random_graphs())
def test_morphing_leaves_the_optimized_graph_as_it_is(graph: TaskGraph) -> None:
    small = optimized(graph)
    before = small.graph.to_json()
    morph(small, creator=CREATOR)
    assert small.graph.to_json() == before


def test_the_scope_of_a_cache_is_called_as_the_cache() -> None:
    cache = {"task-reference": {"x-<image>": "/x"}}
    definition = {"payload": {"cache": cache}, "scopes": ["cache:x-<image>", "other:<none>"]}
    graph = TaskGraph.build(
        [make_task("i"), make_task("a", dependencies={"image": "i"}, definition=definition)]
    )
    found = morphed(graph)
    name = f"x-{found.label_to_taskid['i']}"
    assert found.body("a")["payload"]["cache"] == {name: "/x"}
    assert found.body("a")["scopes"] == [f"cache:{name}", "other:<none>"]


def test_references_mean_ids_and_addresses() -> None:
    payload = {
        "build": {"task-reference": "<build>"},
        "zip": {"artifact-reference": "<build/public/target.zip>"},
        "me": {"task-reference": "<self> <decision>"},
    }
    graph = TaskGraph.build(
        [
            make_task("build-a"),
            make_task("sign", dependencies={"build": "build-a"}, definition={"payload": payload}),
        ]
    )
    found = morphed(graph, {"build-a": "OLD"})
    assert found.body("sign")["payload"] == {
        "build": "OLD",
        "zip": "https://tc.example.com/api/queue/v1/task/OLD/artifacts/public/target.zip",
        "me": f"{task_id(CREATOR, 'sign')} {CREATOR}",
    }


def test_ids_are_those_of_the_creator_and_of_what_is_reused() -> None:
    graph = TaskGraph.build([make_task("b", "a"), make_task("a")])
    found = morphed(graph, {"a": "OLD"})
    assert found.graph.labels == ("b",)
    assert list(found.label_to_taskid.items()) == [("a", "OLD"), ("b", task_id(CREATOR, "b"))]
    assert found.body("b")["dependencies"] == sorted([CREATOR, "OLD"])


def test_a_body_names_its_parent_and_keeps_its_other_extras() -> None:
    graph = TaskGraph.build([make_task("a", definition={"extra": {"treeherder": {"tier": 1}}})])
    body = morphed(graph).body("a")
    assert body["extra"] == {"treeherder": {"tier": 1}, "parent": CREATOR}
    assert "taskGroupId" not in body
    assert morphed(graph, group="GROUP").body("a")["taskGroupId"] == "GROUP"


def test_a_gate_waits_for_itself() -> None:
    own = [{"task-reference": "<self>"}]
    graph = TaskGraph.build(
        [make_task("b"), make_task("gate", "b", definition={"dependencies": own})]
    )
    expected = sorted([task_id(CREATOR, "b"), task_id(CREATOR, "gate")])
    assert morphed(graph).body("gate")["dependencies"] == expected


def test_a_soft_dependency_counts_only_if_its_task_is_new() -> None:
    graph = TaskGraph.build([make_task("lint"), make_task("review", soft_dependencies=["lint"])])
    assert morphed(graph).body("review")["dependencies"] == [task_id(CREATOR, "lint")]
    assert morphed(graph, {"lint": "OLD"}).body("review")["dependencies"] == [CREATOR]


def test_index_tasks_are_tasks_like_others() -> None:
    routes = [f"index.made.{n}" for n in range(70)]
    graph = TaskGraph.build([make_task("a", definition={"routes": routes})])
    found = morphed(graph, index_task=IndexTask("prov", "misc", "image:1"))
    body = found.body("index-a")
    assert body["payload"]["env"] == {"TARGET_TASKID": task_id(CREATOR, "a"), "INDEX_RANK": "0"}
    assert body["dependencies"] == [task_id(CREATOR, "a")]
    assert len(found.decisions) == 1
