"""What a plan says of the time that there is for chains of runs, and for people."""

from typing import Any

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.plan.times import spelled, time_lines
from relpro.testing.factories import make_task


def runs(
    label: str, *needs: str, hours: float, gate: bool = False, deadline: str = "1 day"
) -> Task:
    definition: dict[str, Any] = {
        "deadline": {"relative-datestamp": deadline},
        "payload": {"maxRunTime": int(hours * 3600)},
    }
    if gate:
        definition["projectId"] = "signoff/releng"
    return make_task(label, *needs, definition=definition)


def told(*tasks: Task) -> list[str]:
    return list(time_lines(TaskGraph.build(tasks)))


def test_the_longest_chain_is_that_of_the_longest_runs() -> None:
    assert told(
        runs("build", hours=8),
        runs("check", hours=1),
        runs("note", "check", hours=1),
        runs("sign", "build", "note", hours=1.5),
    ) == ["longest chain: up to 9 h 30 min to the end of `sign`, whose deadline is after 1 day"]


def test_chains_that_are_longer_than_a_deadline_are_told() -> None:
    found = told(runs("build", hours=20), runs("sign", "build", hours=5))
    assert found[1:] == ["1 may reach their deadlines before they end, the first is `sign`"]
    assert len(told(runs("build", hours=20), runs("sign", "build", hours=4))) == 1


def test_a_gate_says_how_long_people_have() -> None:
    gate = runs("gate", hours=0, gate=True, deadline="3 days")
    push = runs("push", "gate", hours=2, deadline="2 days")
    tell = runs("tell", "push", hours=1, deadline="2 days")
    assert told(gate, push, tell)[-1] == "gate `gate`: to be signed off within 45 h"


def test_a_gate_without_any_time_is_told() -> None:
    gate, push = runs("gate", hours=0, gate=True), runs("push", "gate", hours=24)
    assert told(gate, push)[-1].startswith("gate `gate`: what waits for it may reach its deadline")


def test_times_are_spelled_in_hours_and_whole_minutes() -> None:
    assert [spelled(seconds) for seconds in (1, 3600, 5400, 7199)] == [
        "0 h 1 min",
        "1 h",
        "1 h 30 min",
        "2 h",
    ]


def test_nothing_to_create_takes_no_time() -> None:
    assert told() == []
