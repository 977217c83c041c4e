import attrs
import pytest

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.testing.factories import make_config, make_parameters, make_task
from relpro.verify.dates import artifacts_expire_with_their_tasks, dates_are_in_order
from tests.verify.found import find, told


def dated(label: str, *needs: str, deadline: str = "1 day", expires: str = "28 days") -> Task:
    dates = {"deadline": deadline, "expires": expires}
    said = {name: {"relative-datestamp": words} for name, words in dates.items()}
    return make_task(label, *needs, definition=said)


def test_a_dependency_that_expires_before_its_dependents_deadline_is_found() -> None:
    tasks = (dated("b", deadline="1 hour", expires="2 days"), dated("a", "b", deadline="3 days"))
    assert told(find(dates_are_in_order, *tasks)) == [
        "G312: task `a`: it may run for 3 days, and its dependency `b` expires after 2 days"
    ]


def test_a_dependency_may_expire_at_the_deadline_of_its_dependent() -> None:
    tasks = (dated("b", expires="3 days"), dated("a", "b", deadline="72 hours"))
    assert find(dates_are_in_order, *tasks) == []


@pytest.mark.parametrize(("deadline", "count"), [("5 days", 0), ("121 hours", 1)])
def test_a_deadline_is_within_five_days(deadline: str, count: int) -> None:
    assert len(find(dates_are_in_order, dated("a", deadline=deadline))) == count


def test_a_project_says_how_late_a_deadline_its_queue_takes() -> None:
    config = attrs.evolve(make_config(), longest_deadline="20 days")
    graph = TaskGraph.build([dated("a", deadline="20 days"), dated("b", deadline="481 hours")])
    (found,) = dates_are_in_order(graph, make_parameters(), config)
    assert found.what == (
        "task `b`: its deadline is 481 hours after its creation, and the queue takes 20 days"
    )


def test_a_task_does_not_expire_before_its_own_deadline() -> None:
    assert find(dates_are_in_order, dated("a", deadline="2 days", expires="2 days")) == []
    assert told(find(dates_are_in_order, dated("a", deadline="2 days", expires="1 day"))) == [
        "G312: task `a`: it expires after 1 day, its deadline is 2 days"
    ]


@pytest.mark.parametrize(("artifact", "count"), [("28 days", 0), ("29 days", 1)])
def test_no_artifact_expires_after_its_task(artifact: str, count: int) -> None:
    said = {name: {"relative-datestamp": words} for name, words in LASTS.items()}
    file = {"type": "file", "path": "/x", "expires": {"relative-datestamp": artifact}}
    payload = {"artifacts": {"public/x": file, "public/y": {"type": "file", "path": "/y"}}}
    task = make_task("a", definition={**said, "payload": payload})
    found = told(find(artifacts_expire_with_their_tasks, task))
    assert found == [
        "G312: task `a`: its artifact `public/x` expires after it, which does after 28 days"
    ] * (count)


LASTS = {"deadline": "1 day", "expires": "28 days"}
