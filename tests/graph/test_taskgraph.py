from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.errors import Origin, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.testing.factories import make_graph, make_task
from tests.graph.random_graphs import random_graphs, random_tasks


def naive_closure(graph: TaskGraph, label: str) -> set[str]:
    found = {label}
    for need in graph[label].dependencies.values():
        found |= naive_closure(graph, need)
    return found


@given(random_graphs())
def test_order_has_every_task_after_those_it_waits_for(graph: TaskGraph) -> None:
    order = [task.label for task in graph.order()]
    assert sorted(order) == sorted(graph.labels)
    for label in order:
        for need in graph.needs(label):
            assert order.index(need.label) < order.index(label)


@given(random_graphs(), st.data())
def test_closure_is_what_the_labels_need_and_no_more(graph: TaskGraph, data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.sampled_from(graph.labels), unique=True)) if len(graph) else []
    closure = graph.closure(labels)
    assert set(closure) == set().union(*(naive_closure(graph, label) for label in labels))
    assert graph.closure(closure) == closure
    assert closure == tuple(label for label in graph.labels if label in closure)


@given(random_graphs())
def test_needed_by_is_needs_the_other_way_round(graph: TaskGraph) -> None:
    forwards = {(task.label, need.label) for task in graph for need in graph.needs(task.label)}
    backwards = {(by.label, task.label) for task in graph for by in graph.needed_by(task.label)}
    assert forwards == backwards


@given(random_tasks(), st.randoms())
def test_declaring_tasks_in_another_order_changes_nothing_but_order(
    tasks: list[Task], random: st.DataObject
) -> None:
    shuffled = list(tasks)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = TaskGraph.build(tasks), TaskGraph.build(shuffled)
    assert one.to_json() == other.to_json()
    for label in one.labels:
        assert set(one.closure([label])) == set(other.closure([label]))
        assert {t.label for t in one.needs(label)} == {t.label for t in other.needs(label)}


def test_edges_out_of_a_restricted_graph_are_external() -> None:
    graph = make_graph({"build": [], "sign": ["build"], "ship": ["sign"]})
    part = graph.restrict(["ship", "sign"])
    assert part.labels == ("sign", "ship")
    assert part.external == {"build"}
    assert part.needs("sign") == ()
    assert "build" not in part


def test_a_graph_restricted_to_all_its_labels_is_itself() -> None:
    graph = make_graph({"build": [], "sign": ["build"]})
    assert graph.restrict(graph.labels) is graph


def test_a_soft_dependency_orders_tasks_but_pulls_nothing_in() -> None:
    graph = TaskGraph.build([make_task("review", soft_dependencies=["lint"]), make_task("lint")])
    assert [task.label for task in graph.order()] == ["lint", "review"]
    assert graph.closure(["review"]) == ("review",)


def test_a_soft_dependency_on_a_task_that_is_not_there_is_fine() -> None:
    graph = TaskGraph.build([make_task("review", soft_dependencies=["lint"])])
    assert graph.needs("review") == ()


def test_external_labels_may_be_named() -> None:
    graph = TaskGraph.build([make_task("sign", "build")], external=["build"])
    assert graph.external == {"build"}


def test_two_names_for_one_task_are_one_edge() -> None:
    sign = make_task("sign", dependencies={"build": "b", "image": "b"})
    graph = TaskGraph.build([make_task("b"), sign])
    assert [task.label for task in graph.needs("sign")] == ["b"]
    assert [task.label for task in graph.needed_by("b")] == ["sign"]


def at(line: int) -> Origin:
    return Origin("kinds/build/build.yml", line)


PROBLEMS: Mapping[str, tuple[list[Task], str]] = {
    "two tasks with one label": (
        [make_task("build-a", origin=at(3)), make_task("build-a", origin=at(9))],
        """\
error[G302]: two tasks are called `build-a`
  --> kinds/build/build.yml:9
  --> kinds/build/build.yml:3
why: a label names one task of the graph
help: add to the name what differs, such as the platform or the locale""",
    ),
    "a dependency that is misspelt": (
        [make_task("signing-linux"), make_task("beetmover", "sigining-linux", origin=at(3))],
        """\
error[G301]: task `beetmover` depends on `sigining-linux`, which no kind makes
  --> kinds/build/build.yml:3   (dependency `sigining-linux`)
help: did you mean `signing-linux`?""",
    ),
    "a dependency that is like nothing": (
        [make_task("beetmover", "toolchain", origin=at(3))],
        """\
error[G301]: task `beetmover` depends on `toolchain`, which no kind makes
  --> kinds/build/build.yml:3   (dependency `toolchain`)""",
    ),
    "a circle": (
        [
            make_task("c", "a", origin=at(7)),
            make_task("a", "b", origin=at(5)),
            make_task("b", "c", origin=at(6)),
            make_task("d", "a"),
        ],
        """\
error[G303]: tasks depend on each other in a circle: `a` -> `b` -> `c` -> `a`
  --> kinds/build/build.yml:5
  --> kinds/build/build.yml:6
  --> kinds/build/build.yml:7
why: each task waits for the next one, so none could ever start""",
    ),
    "a task that needs itself": (
        [make_task("a", "a", origin=at(5))],
        """\
error[G303]: tasks depend on each other in a circle: `a` -> `a`
  --> kinds/build/build.yml:5
why: each task waits for the next one, so none could ever start""",
    ),
    "a condition that is not a dependency": (
        [make_task("a"), make_task("b", "a", if_dependencies=["c"], origin=at(5))],
        """\
error[G306]: task `b` runs only if `c` does, but does not depend on it
  --> kinds/build/build.yml:5   (if-dependencies)
help: there are: a""",
    ),
    "a dependency both soft and hard": (
        [make_task("a"), make_task("b", "a", soft_dependencies=["a"], origin=at(5))],
        """\
error[G306]: task `b` depends softly on `a`, which it also needs
  --> kinds/build/build.yml:5   (soft-dependencies)""",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_is_no_graph_is_told_with_its_place(name: str) -> None:
    tasks, message = PROBLEMS[name]
    with pytest.raises(RelproError) as caught:
        TaskGraph.build(tasks)
    assert str(caught.value) == message


def test_everything_that_is_wrong_is_told_at_once() -> None:
    tasks = [make_task("a", "x"), make_task("b", "c"), make_task("c", "b"), make_task("d", "y")]
    with pytest.raises(RelproError) as caught:
        TaskGraph.build(tasks)
    assert [one.code for one in caught.value.diagnostics] == ["G301", "G301", "G303"]


def test_graphs_of_equal_tasks_are_equal() -> None:
    edges = {"build": [], "sign": ["build"]}
    assert make_graph(edges) == make_graph(edges)
    assert make_graph(edges) != make_graph({"build": [], "sign": []})
    assert make_graph(edges) != "graph"
    assert repr(make_graph(edges)) == "<TaskGraph of 2 tasks>"


def test_changing_a_task_leaves_the_graph_as_it_is() -> None:
    graph = make_graph({"build": [], "sign": ["build"]})
    other = graph.replace_tasks({"sign": make_task("sign")}, [make_task("ship", "sign")])
    assert other.labels == ("build", "sign", "ship")
    assert other.needs("sign") == ()
    assert [task.label for task in graph.needs("sign")] == ["build"]
