from io import BytesIO
from types import MappingProxyType

import orjson
import pytest
from hypothesis import given

from relpro.errors import RelproError
from relpro.graph.files import read_json, texts_of, write_json
from relpro.graph.taskgraph import TaskGraph
from relpro.testing.factories import make_graph, make_task
from tests.graph.random_graphs import random_graphs


def written(graph: TaskGraph) -> bytes:
    file = BytesIO()
    write_json(texts_of(graph), file)
    return file.getvalue()


@given(random_graphs())
def test_a_graph_survives_its_file(graph: TaskGraph) -> None:
    content = written(graph)
    again = read_json(content, "full-task-graph.json")
    told = {label: {**task, "effects": {}} for label, task in graph.to_json().items()}
    assert orjson.loads(content) == orjson.loads(orjson.dumps(told))
    assert written(again) == content
    assert set(again.labels) == set(graph.labels)


def test_one_task_is_one_line_and_labels_are_sorted() -> None:
    lines = written(make_graph({"b": [], "a": ["b"]})).decode().splitlines()
    assert lines[0] == "{"
    assert lines[1].startswith('"a": {"attributes":{}')
    assert lines[2].startswith('"b": {')
    assert lines[3:] == ["}"]


def test_an_empty_graph_is_an_empty_mapping() -> None:
    assert orjson.loads(written(make_graph({}))) == {}


def test_a_task_has_the_keys_that_existing_tools_read_and_its_effects() -> None:
    content = orjson.loads(written(TaskGraph.build([make_task("build-a")])))
    assert content["build-a"].pop("effects") == {}
    assert sorted(content["build-a"]) == [
        "attributes",
        "dependencies",
        "description",
        "if_dependencies",
        "kind",
        "label",
        "optimization",
        "soft_dependencies",
        "task",
    ]


def test_immutable_mappings_can_be_written() -> None:
    task = make_task("a", attributes={"map": MappingProxyType({"x": 1})})
    assert orjson.loads(written(TaskGraph.build([task])))["a"]["attributes"]["map"] == {"x": 1}


def test_tasks_of_a_file_say_that_they_come_from_it() -> None:
    graph = read_json(written(make_graph({"build-a": []})), "old.json")
    assert graph["build-a"].origin.file == "old.json"
    assert graph["build-a"].name == "a"


def test_a_graph_file_may_name_tasks_that_it_does_not_have() -> None:
    part = make_graph({"build": [], "sign": ["build"]}).restrict(["sign"])
    assert read_json(written(part), "optimized.json").external == {"build"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[1]", "it is not a mapping of labels to tasks"),
        (b"{", "it is not JSON"),
        (b'{"a": 1}', "`a` is `1`, not of type `object`"),
        (b'{"a": {"kind": "build"}}', "`a` lacks `attributes`"),
    ],
)
def test_another_file_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(RelproError, match=r"`x\.json` cannot be read as a graph") as caught:
        read_json(content, "x.json")
    assert message in str(caught.value)
    assert caught.value.diagnostics[0].code == "G308"
