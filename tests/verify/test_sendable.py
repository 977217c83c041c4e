"""What a transform may put into a task, and what neither JSON nor the queue can hold."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from relpro.errors import RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.testing.factories import make_config, make_parameters, make_task
from relpro.verify.references import references_name_what_exists
from relpro.verify.sendable import relied_on


def _nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def _found(**body: Any) -> list[str]:
    made = make_task("build-a")
    graph = TaskGraph.build((attrs.evolve(made, definition={**made.definition, **body}),))
    problems = references_name_what_exists(graph, make_parameters(), make_config())
    return [one.what for one in problems if one.code == "G370"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (2**53, "`extra.x[0]` is a number that the queue would round"),
        (-(2**53), "`extra.x[0]` is a number that the queue would round"),
        (2**70, "`extra.x[0]` is a number that the queue would round"),
        (float("nan"), "`extra.x[0]` is a number that JSON does not have"),
        (float("inf"), "`extra.x[0]` is a number that JSON does not have"),
        ({1: 2}, "a key of `extra.x[0]` is 1, which is not text"),
        ({"a"}, "`extra.x[0]` is of type `set`, which JSON does not have"),
        (b"a", "`extra.x[0]` is of type `bytes`, which JSON does not have"),
        (datetime.now(UTC), "`extra.x[0]` is of type `datetime`, which JSON does not have"),
        ("\ud800", "`extra.x[0]` has half of a sign in it"),
        (_nested(300), "is nested more than 250 deep"),
    ],
)
def test_what_the_queue_cannot_be_sent_is_told_with_its_path(value: Any, why: str) -> None:
    (found,) = _found(extra={"x": [value]})
    assert found.startswith("task `build-a`: ")
    assert why in found


@pytest.mark.parametrize(
    "value", [2**53 - 1, -(2**53) + 1, 1.5, 1e300, None, True, (1, 2), "null", {"": [None]}, {}]
)
def test_what_it_can_be_sent_is_no_matter(value: Any) -> None:
    assert _found(extra={"x": [value]}, payload={"x": value}) == []


@pytest.mark.parametrize(
    ("body", "fields", "why"),
    [
        ({"routes": ["a", 7]}, {}, "`routes[1]` is of type `int`, and must be text"),
        ({"scopes": [None]}, {}, "`scopes[0]` is of type `NoneType`, and must be text"),
        ({"tags": {"x": {1}}}, {}, "`tags.x` is of type `set`, and must be text"),
        ({"priority": {1}}, {}, "`priority` is of type `set`, and must be text"),
        ({}, {"description": 7}, "`description` is of type `int`, and must be text"),
        ({}, {"attributes": {"x": {1}}}, "`attributes.x` is of type `set`, which JSON"),
        ({}, {"attributes": {"x": 2**70}}, "`attributes.x` is a number that the queue"),
    ],
)
def test_a_failure_is_laid_to_what_no_task_can_have(
    body: Mapping[str, Any], fields: Mapping[str, Any], why: str
) -> None:
    made = make_task("build-a")
    changed = attrs.evolve(made, definition={**made.definition, **body}, **fields)
    with (
        pytest.raises(RelproError, match="G370") as caught,
        relied_on(TaskGraph.build((changed,))),
    ):
        raise TypeError("what is not text has no length")
    (problem,) = caught.value.diagnostics
    assert problem.what.startswith(f"task `build-a`: {why}")


def test_any_other_failure_stays_what_it_is() -> None:
    with pytest.raises(TypeError), relied_on(TaskGraph.build((make_task("build-a"),))):
        raise TypeError("ours")
