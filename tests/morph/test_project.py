"""Morphs of a project: functions that change tasks of the optimized graph, and add some."""

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from relpro.errors import RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Verdict
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.morph.project import after_morphs
from relpro.optimize.optimize import Optimized
from relpro.testing.factories import make_config, make_graph, make_parameters, make_task
from tests.morph.test_morph import optimized

GRAPH = make_graph({"a": [], "b": ["a"], "c": ["b"]})


def summary(graph: TaskGraph, parameters: Parameters, config: Any) -> Iterator[Task]:
    """One more task, which waits for all others."""
    yield make_task("summary", dependencies={label: label for label in graph.labels})


def shout(graph: TaskGraph, parameters: Parameters, config: Any) -> Iterator[Task]:
    """Every task but the first is described louder; the first is given as it is."""
    first, *others = graph
    yield first
    yield from (attrs.evolve(task, description=task.description.upper()) for task in others)


def nowhere(graph: TaskGraph, parameters: Parameters, config: Any) -> Iterator[Task]:
    yield make_task("d", dependencies={"x": "nobody"})


def wrong(graph: TaskGraph, parameters: Parameters, config: Any) -> Iterator[Task]:
    """A task that exists elsewhere, one twice, and one that nobody can name."""
    yield from (make_task("a"), make_task("b"), make_task("b"), make_task("no label"))


def after(*names: str, existing: dict[str, str] | None = None) -> Optimized:
    config = attrs.evolve(make_config(), morphs=tuple(f"{__name__}.{name}" for name in names))
    return after_morphs(optimized(GRAPH, existing), make_parameters(), config)


def test_a_morph_sees_what_those_before_it_gave() -> None:
    found = after("summary", "shout")
    assert found.graph.labels == ("a", "b", "c", "summary")
    loud = [task.label for task in found.graph if task.description.isupper()]
    assert loud == ["b", "c", "summary"]
    told = [(one.label, one.verdict) for one in found.decisions if one.stage == "morph"]
    assert told == [
        ("summary", Verdict.ADDED),
        *((label, Verdict.CHANGED) for label in ("b", "c", "summary")),
    ]


def test_without_morphs_nothing_happens() -> None:
    small = optimized(GRAPH)
    assert after_morphs(small, make_parameters(), make_config()) is small


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("wrong", {"K249": ["label is `no label`", "gives task `a`, in whose place", "`b` twice"]}),
        ("nowhere", {"G301": ["`nobody`"]}),
        ("missing", {"K252": ["cannot be found"]}),
    ],
)
def test_what_cannot_be_is_refused(name: str, expected: dict[str, list[str]]) -> None:
    with pytest.raises(RelproError) as error:
        after(name, existing={"a": "id-of-a"})
    for code, parts in expected.items():
        said = [one.what for one in error.value.diagnostics if one.code == code]
        assert len(said) == len(parts)
        assert all(part in what for part, what in zip(parts, said, strict=True))
