"""What breaks rule `__thing__`, and what is just right."""

from relpro.graph.taskgraph import TaskGraph
from relpro.testing.factories import make_config, make_parameters, make_task
from relpro.verify.__function__ import __function__


def test_what_is_wrong_is_found() -> None:
    graph = TaskGraph.build([make_task("wrong")])
    found = [one.code for one in __function__(graph, make_parameters(), make_config())]
    assert found == ["__code__"]
