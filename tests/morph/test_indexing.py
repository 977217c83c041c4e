import pytest

from relpro.errors import RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Verdict
from relpro.morph.indexing import IndexTask, index_apart
from relpro.testing.factories import make_graph, make_task

HOW = IndexTask("prov", "misc", "image:1")
INDEX = [f"index.made.v2.try.{n}" for n in range(100)]
FULL = TaskGraph.build(
    [
        make_task("l10n-1", phase="promote", definition={"routes": ["tc-treeherder.v2", *INDEX]}),
        make_task("other", "l10n-1"),
    ]
)


def test_a_graph_without_crowded_tasks_stays_as_it_is() -> None:
    graph = make_graph({"a": [], "b": ["a"]})
    assert index_apart(graph, None).graph is graph


def test_routes_beyond_the_limit_move_to_an_index_task() -> None:
    indexed = index_apart(FULL, HOW)
    assert indexed.graph.labels == ("l10n-1", "other", "index-l10n-1")
    kept = indexed.graph["l10n-1"].definition["routes"]
    assert kept == ["tc-treeherder.v2", *INDEX[:63]]
    task = indexed.graph["index-l10n-1"]
    moved = [route.removeprefix("index.") for route in INDEX[63:]]
    payload = task.definition["payload"]
    assert payload["command"] == ["insert-indexes.js", *moved]
    assert payload["env"] == {"TARGET_TASKID": {"task-reference": "<indexed>"}}
    assert task.definition["scopes"] == [f"index:insert-task:{path}" for path in moved]
    assert task.dependencies == {"indexed": "l10n-1"}
    assert task.attributes == {"shipping_phase": "promote"}
    assert len(FULL["l10n-1"].definition["routes"]) == 101


def test_what_was_added_is_told() -> None:
    (decision,) = index_apart(FULL, HOW).decisions
    assert (decision.label, decision.verdict) == ("index-l10n-1", Verdict.ADDED)
    assert decision.cause == "`l10n-1` has 101 routes, and the queue takes 64"


def test_without_a_way_to_index_apart_too_many_routes_are_an_error() -> None:
    with pytest.raises(RelproError, match="`l10n-1` has 101 routes") as caught:
        index_apart(FULL, None)
    assert caught.value.diagnostics[0].code == "G312"
