"""A rule about all tasks is not asked again where no part changed that it looks at."""

from typing import Any, cast

import attrs
import pytest

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.testing.factories import make_graph, make_task
from relpro.testing.pipelines import MakePipeline
from relpro.verify.changed import Changed
from relpro.verify.rules import GRAPH_RULES, Rule

#: What every rule may look at: a task of the same label has the same; origins only say where.
ALWAYS = ("label", "kind", "name", "origin")
#: What a task says of itself by one of its fields.
DERIVED = {
    "product": "attributes",
    "phase": "attributes",
    "is_of_earlier_phase": "attributes",
    "makes": "artifacts",
}


class Partial(dict[str, Any]):
    """A part of a definition of which only some ways may be gone."""

    def __init__(self, value: dict[str, Any], parts: tuple[str, ...], way: str) -> None:
        super().__init__(value)
        self.parts, self.way = parts, way

    def __getitem__(self, key: str) -> Any:
        return self.looked_at(key, super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:
        return self.looked_at(key, super().get(key, default))

    def looked_at(self, key: str, value: Any) -> Any:
        way = f"{self.way}.{key}"
        if way in self.parts:
            return value
        if any(part.startswith(f"{way}.") for part in self.parts) and isinstance(value, dict):
            return Partial(value, self.parts, way)
        raise AssertionError(f"`{way}` is looked at, and not named")


class Seen:
    """A task of which only some parts may be looked at."""

    def __init__(self, task: Task, parts: tuple[str, ...]) -> None:
        self._task, self._parts = task, parts

    def __getattr__(self, name: str) -> Any:
        if name == "definition":
            return Partial(dict(self._task.definition), self._parts, name)
        assert {name, DERIVED.get(name)} & {*ALWAYS, *self._parts}, f"`{name}` is not named"
        return getattr(self._task, name)


def partial(graph: TaskGraph, parts: tuple[str, ...]) -> TaskGraph:
    return graph.with_tasks(tuple(cast(Task, Seen(task, parts)) for task in graph))


#: Looks at tasks only where the configuration has gates.
_OF_GATES = "gates_hold_what_they_name"
#: Looks at the readers of artifacts task by task as well: of these, it sees the whole payload.
_OF_READERS = "what_is_read_is_still_there"


@pytest.mark.parametrize("rule", GRAPH_RULES, ids=lambda rule: rule.__name__)
def test_a_rule_looks_at_nothing_but_the_parts_that_it_names(
    rule: Rule, relpro_pipeline: MakePipeline
) -> None:
    made = relpro_pipeline("tests/graphs/firefox/parameters.yml", flavor="promote_firefox")
    named = tuple(GRAPH_RULES[rule])
    more = ("definition.payload",) if rule.__name__ == _OF_READERS else ()
    graph = partial(made.full, (*named, *more))
    assert list(rule(graph, made.parameters, made.config)) == []
    for part in named if rule.__name__ not in {_OF_READERS, _OF_GATES} else ():
        without = partial(made.full, tuple(one for one in named if one != part))
        if not part.endswith("dependencies"):  # of which the edges of the graph are made already
            with pytest.raises(AssertionError, match="not named"):
                list(rule(without, made.parameters, made.config))


def changed(old: Task, new: Task) -> Changed:
    graph = make_graph({"a": [], "b": ["a"]})
    before, after = (TaskGraph.build([*graph, task]) for task in (old, new))
    return Changed.since(before, after, alike=False)


def test_parts_that_differ_are_told_from_those_that_do_not() -> None:
    old = make_task(
        "c", definition={"payload": {"env": {"A": "1"}, "x": 1}}, artifacts=("public/a",)
    )
    payload = {"env": {"A": "2"}, "x": 1}
    since = changed(old, attrs.evolve(old, definition={**old.definition, "payload": payload}))
    differing = ("definition.payload.env", "definition.payload", "definition.payload.env.A")
    assert all(since.differs_in([part]) for part in differing)
    same = ("artifacts", "definition.payload.x", "definition.extra", "definition.payload.x.y")
    assert not since.differs_in(same)
    assert since.differs_in([*same, *differing])
    assert since.tasks.labels == ("c",)


def test_everything_differs_where_there_are_other_tasks() -> None:
    assert changed(make_task("c"), make_task("d")).differs_in([])
    assert Changed.whole(make_graph({"a": []})).differs_in([])


def test_of_some_kinds_alone_nobody_tells_what_others_would_write(
    relpro_pipeline: MakePipeline,
) -> None:
    """A check reads download names of another kind; checksums and language packs are of others."""
    kinds = ("release-bouncer-check", "beetmover-repackage")
    values = "tests/graphs/firefox/parameters.yml"
    alone = relpro_pipeline(values, flavor="ship_firefox", fresh=True, kinds=kinds)
    assert {*kinds} <= {task.kind for task in alone.full}
