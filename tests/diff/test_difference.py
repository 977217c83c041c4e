"""Differences of graphs as data."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.graph.difference.changes import MISSING, Change, apply_changes, find_changes
from relpro.graph.difference.difference import apply, diff
from relpro.graph.files import encode
from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.testing.factories import make_graph, make_task
from tests.graph.random_graphs import random_graphs

SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "b", "1"])
KEYS = st.sampled_from(["a", "b", "c d", "e.f"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_changes_make_one_value_of_the_other(before: object, after: object) -> None:
    changes = tuple(find_changes(before, after))
    assert encode(apply_changes(before, changes) if changes else before) == encode(after)


@given(VALUES)
def test_a_value_does_not_differ_from_itself(value: object) -> None:
    assert not list(find_changes(value, value))


def test_a_truth_value_is_no_number() -> None:
    assert list(find_changes({"a": 1}, {"a": True})) == [Change(("a",), 1, True)]


def test_a_key_that_comes_or_goes_is_told_from_one_that_is_null() -> None:
    assert list(find_changes({}, {"a": None})) == [Change(("a",), MISSING, None)]
    assert list(find_changes({"a": None}, {})) == [Change(("a",), None, MISSING)]


def _edited(task: Task, edits: dict[str, object]) -> Task:
    return attrs.evolve(task, definition={**task.definition, **edits})


@given(
    random_graphs(),
    random_graphs(),
    st.dictionaries(st.sampled_from(["payload", "scopes", "new"]), VALUES, max_size=2),
)
def test_a_difference_makes_one_graph_of_the_other(
    before: TaskGraph, after: TaskGraph, edits: dict[str, object]
) -> None:
    after = TaskGraph.of(_edited(task, edits) for task in after)
    made = apply(diff(before, after), before)
    assert encode(made.to_json()) == encode(after.to_json())


@given(random_graphs())
def test_equal_graphs_do_not_differ_whatever_their_order(graph: TaskGraph) -> None:
    backwards = TaskGraph.of(reversed(graph.tasks))
    assert not diff(graph, backwards)


def test_a_task_that_differs_only_by_its_name_is_renamed() -> None:
    before = TaskGraph.of([make_task("build-a"), make_task("sign-a", "build-a")])
    after = TaskGraph.of([make_task("build-a"), make_task("signing-a", "build-a")])
    difference = diff(before, after)
    assert not difference.added
    assert not difference.removed
    assert [(one.before.label, one.after.label) for one in difference.renamed] == [
        ("sign-a", "signing-a")
    ]


def test_a_renamed_task_may_change_besides() -> None:
    locale = {"locale": "de", "build_platform": "linux64"}
    old = make_task("sign-de", attributes=locale, definition={"payload": {"maxRunTime": 1}})
    new = make_task("signing-de", attributes=locale, definition={"payload": {"maxRunTime": 2}})
    (renamed,) = diff(TaskGraph.of([old]), TaskGraph.of([new])).renamed
    assert Change(("task", "payload", "maxRunTime"), 1, 2) in renamed.changes


def test_another_locale_is_no_new_name() -> None:
    old = make_task("sign-de", attributes={"locale": "de"})
    new = make_task("sign-fr", attributes={"locale": "fr"})
    difference = diff(TaskGraph.of([old]), TaskGraph.of([new]))
    assert not difference.renamed
    assert [task.label for task in difference.added] == ["sign-fr"]
    assert [task.label for task in difference.removed] == ["sign-de"]


@pytest.mark.parametrize("size", [2000])
def test_many_new_names_are_found(size: int) -> None:
    before = make_graph({f"sign-{n}": [] for n in range(size)})
    after = make_graph({f"signing-{n}": [] for n in range(size)})
    assert len(diff(before, after).renamed) == size
