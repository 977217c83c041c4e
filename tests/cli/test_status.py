import json
import threading
from collections.abc import Iterator

import pytest

from relpro.embedded import EmbeddedTaskcluster, Settings
from tests.cli.conftest import Run
from tests.cli.groups import submit_release, use
from tests.submit.graphs import GROUP, queue_of


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedTaskcluster]:
    with EmbeddedTaskcluster(settings=Settings.at_once()) as running:
        use(monkeypatch, running)
        yield running


def test_tasks_are_counted_by_phase_and_kind(service: EmbeddedTaskcluster, relpro: Run) -> None:
    submit_release(service)
    service.complete_pending()
    ran = relpro("status", GROUP)
    lines = [line.split() for line in ran.out.splitlines()]
    assert ran.code == 0
    assert lines[0][:4] == ["phase", "kind", "unscheduled", "pending"]
    assert lines[2:6] == [
        ["build", "build", ".", "2", ".", ".", ".", "."],
        ["push", "beetmover", "2", ".", ".", ".", ".", "."],
        ["push", "signoff", "2", ".", ".", ".", ".", "."],
        ["ship", "notify", "1", ".", ".", ".", ".", "."],
    ]
    assert lines[6] == ["total", "5", "2", "0", "1", "0", "0"]


def test_gates_tell_what_they_hold(service: EmbeddedTaskcluster, relpro: Run) -> None:
    ids = submit_release(service)
    out = relpro("status", GROUP).out.splitlines()
    assert out[-2:] == [
        "gate signoff-push-releng: waits for releng, holds 3 tasks",
        "gate signoff-push-relman: waits for relman, holds 2 tasks",
    ]
    told = json.loads(relpro("status", GROUP, "--json").out)
    assert told["taskGroupId"] == GROUP
    assert told["tasks"] == 8
    assert told["gates"] == [
        {
            "label": f"signoff-push-{role}",
            "taskId": ids[f"signoff-push-{role}"],
            "role": role,
            "state": "unscheduled",
            "holds": held,
        }
        for role, held in (("releng", 3), ("relman", 2))
    ]


def test_watching_ends_with_the_last_task(service: EmbeddedTaskcluster, relpro: Run) -> None:
    ids = submit_release(service)

    def finish() -> None:
        for role in ("releng", "relman"):
            queue_of(service).schedule_task(ids[f"signoff-push-{role}"])
        service.complete_all()

    timer = threading.Timer(0.2, finish)
    timer.start()
    ran = relpro("status", GROUP, "--watch", "--every", "0.05")
    timer.join()
    assert ran.code == 0
    assert "waits for releng" in ran.out
    assert ran.out.splitlines()[-1] == "gate signoff-push-relman: relman has signed off"


def test_status_needs_no_credentials(
    service: EmbeddedTaskcluster, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_release(service)
    monkeypatch.delenv("TASKCLUSTER_CLIENT_ID")
    monkeypatch.delenv("TASKCLUSTER_ACCESS_TOKEN")
    assert relpro("status", GROUP).code == 0


@pytest.mark.usefixtures("service")
def test_an_unknown_group_is_one_message(relpro: Run) -> None:
    ran = relpro("status", GROUP)
    assert ran.code == 2
    assert ran.err.startswith(f"error[Q712]: Taskcluster does not know task group `{GROUP}`")


@pytest.mark.usefixtures("service")
def test_what_is_no_group_id_is_bad_usage(relpro: Run) -> None:
    ran = relpro("status", "my-group")
    assert ran.code == 2
    assert "`my-group` is no id of a task or task group" in ran.err


def test_wrong_credentials_are_one_message(
    service: EmbeddedTaskcluster, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_release(service)
    monkeypatch.setenv("TASKCLUSTER_ACCESS_TOKEN", "wrong")
    ran = relpro("status", GROUP)
    assert ran.code == 3
    assert ran.err.startswith("error[Q703]: the Taskcluster credentials are refused")
    assert "Bad mac" in ran.err


def test_no_network_is_one_message(relpro: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKCLUSTER_ROOT_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("TASKCLUSTER_PROXY_URL", raising=False)
    monkeypatch.setattr("relpro.cli.status.MOMENT", 0.2)
    ran = relpro("status", GROUP)
    assert ran.code == 3
    assert "http://127.0.0.1:1 does not answer: connection refused" in ran.err
