"""How long the tasks of a group took, and which of them its end waited for."""

from typing import Any

import pytest

from relpro.submit.times import critical_path, took, words


def entry(
    task_id: str, *needs: str, ready: int = 0, started: int | None = None, ended: int | None = None
) -> dict[str, Any]:
    """A task of a group, whose times are minutes."""
    times = {"scheduled": ready, "started": started, "resolved": ended}
    run = {name: f"2026-01-01T00:{at:02}:00.000Z" for name, at in times.items() if at is not None}
    return {
        "task": {"dependencies": list(needs)},
        "status": {"taskId": task_id, "runs": [run] if started is not None else []},
    }


def test_the_path_leads_through_what_ended_last_of_each_tasks_needs() -> None:
    entries = [
        entry("build", started=1, ended=20),
        entry("quick", started=0, ended=5),
        entry("sign", "build", "quick", ready=20, started=22, ended=30),
        entry("other", "quick", ready=5, started=5, ended=29),
        entry("waiting", "sign"),
    ]
    path = critical_path(entries)
    assert [one.task_id for one in path] == ["build", "sign"]
    assert [(one.waited, one.ran) for one in path] == [(60, 19 * 60), (2 * 60, 8 * 60)]
    assert took(entries).keys() == {"build", "quick", "sign", "other"}


def test_what_needs_itself_or_another_group_ends_the_path() -> None:
    entries = [entry("gate", "gate", "elsewhere", started=1, ended=2)]
    assert [one.task_id for one in critical_path(entries)] == ["gate"]
    assert critical_path([entry("waiting"), entry("running", started=3)]) == ()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (45, "45 s"), (60, "1 min"), (3599, "1 h 00 min"), (3900, "1 h 05 min")],
)
def test_times_are_told_in_words(seconds: float, said: str) -> None:
    assert words(seconds) == said
