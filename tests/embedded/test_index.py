"""The index: entries by hand and by route."""

from typing import Any

import pytest
import requests

from relpro.embedded import EmbeddedTaskcluster
from tests.embedded.bodies import DAY, at, create, new_id, refused
from tests.embedded.conftest import Connect


@pytest.fixture
def index(connect: Connect) -> Any:
    return connect("Index")


def entry(service: EmbeddedTaskcluster, rank: float = 0, **fields: Any) -> dict[str, Any]:
    return {
        "taskId": new_id(),
        "rank": rank,
        "data": {},
        "expires": at(service, DAY),
        **fields,
    }


def test_an_entry_is_found_by_its_namespace(service: EmbeddedTaskcluster, index: Any) -> None:
    sent = entry(service, 3, data={"a": 1})
    index.insertTask("project.level-3.latest", sent)
    assert index.findTask("project.level-3.latest") == {
        "namespace": "project.level-3.latest",
        **sent,
    }
    with refused(404, "ResourceNotFound"):
        index.findTask("project.level-3")


@pytest.mark.parametrize(("rank", "replaces"), [(4, False), (5, True), (6, True)])
def test_a_rank_at_least_as_high_replaces(
    service: EmbeddedTaskcluster, index: Any, rank: int, replaces: bool
) -> None:
    old, new = entry(service, 5), entry(service, rank)
    index.insertTask("a.b", old)
    winner = new if replaces else old
    assert index.insertTask("a.b", new)["taskId"] == winner["taskId"]
    assert index.findTask("a.b")["taskId"] == winner["taskId"]


def test_an_expired_entry_is_not_found(service: EmbeddedTaskcluster, index: Any) -> None:
    index.insertTask("a.b", entry(service))
    service.clock.advance(DAY + 1)
    with refused(404, "ResourceNotFound"):
        index.findTask("a.b")


def test_several_paths_are_looked_up_at_once(service: EmbeddedTaskcluster, index: Any) -> None:
    for name in ("a.one", "a.two"):
        index.insertTask(name, entry(service))
    found = index.findTasksAtIndex({"indexes": ["a.two", "a.none", "a.one"]})["tasks"]
    assert [task["namespace"] for task in found] == ["a.two", "a.one"]


def test_tasks_and_namespaces_right_below_are_listed(
    service: EmbeddedTaskcluster, index: Any
) -> None:
    for name in ("a.x", "a.b.y", "a.c.d.z"):
        index.insertTask(name, entry(service))
    assert [task["namespace"] for task in index.listTasks("a")["tasks"]] == ["a.x"]
    listed = index.listNamespaces("a")["namespaces"]
    assert [space["namespace"] for space in listed] == ["a.b", "a.c"]
    assert [space["name"] for space in index.listNamespaces("")["namespaces"]] == ["a"]
    assert index.listTasks("nothing") == {"tasks": []}
    assert index.listNamespaces("nothing") == {"namespaces": []}


def test_a_deleted_entry_is_gone(service: EmbeddedTaskcluster, index: Any) -> None:
    index.insertTask("a.b", entry(service))
    index.deleteTask("a.b")
    with refused(404, "ResourceNotFound"):
        index.findTask("a.b")


def test_a_namespace_that_is_too_long_fails_after_it_was_stored(
    service: EmbeddedTaskcluster, index: Any
) -> None:
    name = ".".join(["a" * 60] * 5)
    with refused(500, "InternalServerError"):
        index.insertTask(name, entry(service))
    assert service.indexed(name) is not None


def test_inserting_needs_the_scope_of_the_namespace(
    service: EmbeddedTaskcluster, connect: Connect
) -> None:
    index = connect("Index", "index:insert-task:a.*")
    index.insertTask("a.b", entry(service))
    with refused(403, "InsufficientScopes", "index:insert-task:b.c"):
        index.insertTask("b.c", entry(service))
    with refused(400, "InvalidRequestArguments"):
        index.insertTask("a..b", entry(service))


@pytest.mark.parametrize(("outcome", "found"), [("completed", True), ("failed", False)])
def test_a_completed_task_is_indexed_by_its_routes(
    service: EmbeddedTaskcluster, queue: Any, index: Any, outcome: str, found: bool
) -> None:
    task_id = create(service, queue, routes=["index.a.latest", "other.a", "index.a.7"])
    assert service.indexed("a.latest") is None
    service.complete_pending(outcome=lambda *_: outcome)
    names = [task["namespace"] for task in index.listTasks("a")["tasks"]]
    assert names == (["a.7", "a.latest"] if found else [])
    if found:
        latest = index.findTask("a.latest")
        assert (latest["taskId"], latest["rank"], latest["data"]) == (task_id, 0, {})
        assert latest["expires"] == queue.task(task_id)["expires"]


def test_extra_index_gives_rank_data_and_expiry(
    service: EmbeddedTaskcluster, queue: Any, index: Any
) -> None:
    wanted = {"rank": 7, "data": {"a": 1}, "expires": at(service, 2 * DAY)}
    create(service, queue, routes=["index.a"], extra={"index": wanted})
    service.complete_pending()
    found = index.findTask("a")
    assert {key: found[key] for key in wanted} == wanted


def test_an_artifact_is_found_through_the_index(
    service: EmbeddedTaskcluster, queue: Any, connect: Connect
) -> None:
    create(service, queue, routes=["index.a.latest"])
    service.complete_pending(artifacts={"private/log.txt": b"log"})
    allowed = connect("Index", "queue:get-artifact:private/*")
    url = allowed.buildSignedUrl("findArtifactFromTask", "a.latest", "private/log.txt")
    assert requests.get(url, timeout=60).content == b"log"
    answer = requests.get(url, timeout=60, allow_redirects=False)
    assert answer.status_code == 303
    assert "bewit=" in answer.headers["location"]
    with refused(403, "InsufficientScopes"):
        connect("Index", None).findArtifactFromTask("a.latest", "private/log.txt")


def test_what_is_not_well_formed_in_extra_index_counts_as_left_out(
    service: EmbeddedTaskcluster, queue: Any, index: Any
) -> None:
    wrong = {"rank": "high", "data": [], "expires": "soon"}
    task_id = create(service, queue, routes=["index.a"], extra={"index": wrong})
    service.complete_pending()
    found = index.findTask("a")
    assert (found["taskId"], found["rank"], found["data"]) == (task_id, 0, {})
    assert found["expires"] == queue.task(task_id)["expires"]
