from collections.abc import Collection

from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id
from relpro.optimize.interrupted import begun, nothing_exists
from relpro.testing.factories import make_task

CREATOR = "CreatorOfTheTestsQAAAA"
GRAPH = TaskGraph.build(
    [
        make_task("image-b", optimization={"index-search": ["b"]}),
        make_task("image-a", optimization={"index-search": ["a"]}),
        make_task("image-c", optimization={"index-search": ["c"]}),
        make_task("build"),
    ]
)


def everything(task_ids: Collection[str]) -> Collection[str]:
    return task_ids


def test_what_an_earlier_run_has_made_is_told_in_the_order_of_the_graph() -> None:
    there = {task_id(CREATOR, "image-a"), task_id(CREATOR, "image-b"), "another"}
    assert begun(GRAPH, CREATOR, lambda _: there) == ("image-b", "image-a")


def test_tasks_that_are_always_made_are_not_asked_for() -> None:
    assert begun(GRAPH, CREATOR, everything) == ("image-b", "image-a", "image-c")


def test_nothing_is_asked_for_where_nothing_may_be_optimized() -> None:
    def fail(task_ids: Collection[str]) -> Collection[str]:
        raise AssertionError(task_ids)

    assert begun(GRAPH.restrict(["build"]), CREATOR, fail) == ()


def test_offline_nothing_has_been_made() -> None:
    assert begun(GRAPH, CREATOR, nothing_exists) == ()
