from fnmatch import fnmatchcase

import pytest

from relpro.errors import RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Verdict
from relpro.morph.indexing import MAX_SCOPES, IndexTask, index_apart, insert_scopes
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
    assert payload["env"] == {"TARGET_TASKID": {"task-reference": "<indexed>"}, "INDEX_RANK": "0"}
    assert task.definition["scopes"] == ["index:insert-task:made.v2.try.*"]
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


def test_an_index_task_inherits_what_decides_between_tasks_of_one_path() -> None:
    shared = {
        "routes": INDEX,
        "extra": {"index": {"rank": 1632326700}},
        "priority": "high",
        "projectId": "widgets",
        "tags": {"createdForUser": "a@example.com", "kind": "l10n"},
    }
    graph = TaskGraph.build([make_task("a", definition=shared)])
    made = index_apart(graph, HOW).graph["index-a"].definition
    assert made["payload"]["env"]["INDEX_RANK"] == "1632326700"
    for name in ("priority", "projectId", "expires", "deadline", "schedulerId"):
        assert made[name] == graph["a"].definition[name]
    assert made["tags"]["createdForUser"] == "a@example.com"
    assert made["tags"]["kind"] == "index-task"


def test_few_paths_have_a_scope_each() -> None:
    paths = ["made.v2.a.latest.x", "made.v2.a.latest.y"]
    assert insert_scopes(paths) == [f"index:insert-task:{path}" for path in paths]


def test_scopes_of_many_paths_are_cut_no_more_than_needed() -> None:
    locales = [f"l{number}" for number in range(100)]
    paths = [f"made.v2.a.{when}.l10n.{one}" for when in ("latest", "day.1") for one in locales]
    assert insert_scopes(paths) == [
        f"index:insert-task:made.v2.a.{place}.*" for place in ("latest.l10n", "day.1.l10n")
    ]
    assert insert_scopes([f"made.v2.a.{one}.x" for one in locales]) == [
        "index:insert-task:made.v2.a.*"
    ]


def test_the_scopes_of_two_hundred_paths_fit_credentials_and_cover_each_path() -> None:
    paths = [f"made.v2.a.{'x.' * (at % 5)}p{at}" for at in range(200)]
    scopes = insert_scopes(paths)
    assert len(scopes) <= MAX_SCOPES
    for path in paths:
        assert any(fnmatchcase(f"index:insert-task:{path}", one) for one in scopes)
