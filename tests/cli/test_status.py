import json
import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest
import requests

from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.errors import SHOWN
from tests.cli.conftest import Run
from tests.cli.groups import submit_release, use
from tests.page.graphs import document_in
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
    lines = [line.split() for line in ran.out.splitlines()[2:]]
    assert ran.code == 0
    assert lines[0][:4] == ["phase", "kind", "unscheduled", "pending"]
    assert lines[2:6] == [
        ["build", "build", ".", "2", ".", ".", ".", "."],
        ["push", "beetmover", "2", ".", ".", ".", ".", "."],
        ["push", "signoff", "2", ".", ".", ".", ".", "."],
        ["ship", "notify", "1", ".", ".", ".", ".", "."],
    ]
    assert lines[6] == ["total", "5", "2", "0", "1", "0", "0"]


def test_a_page_has_states_times_and_what_the_end_waited_for(
    service: EmbeddedTaskcluster, relpro: Run
) -> None:
    ids = submit_release(service)
    service.complete_pending()
    ran = relpro("status", GROUP, "--html")
    (graph,) = document_in(ran.out.encode())["graphs"]
    assert ran.code == 0
    assert graph["title"] == f"task group {GROUP}"
    assert graph["tasks"].keys() >= ids.keys()
    needs = {label: {*task["dependencies"]} for label, task in graph["tasks"].items()}
    assert any(needs.values())
    assert all(label not in named and named <= needs.keys() for label, named in needs.items())
    sections = {one["heading"].partition(":")[0]: one["lines"] for one in graph["sections"]}
    assert list(sections) == ["States", "Critical path", "Longest runs"]
    assert sum(len(line["labels"]) for line in sections["States"]) == len(graph["tasks"]) == 8
    (last,) = sections["Critical path"][-1]["labels"]
    assert "completed" in graph["about"][last]["why"]
    assert any("and ran" in line for line in graph["about"][last]["why"])


def test_a_page_is_printed_once(service: EmbeddedTaskcluster, relpro: Run) -> None:
    submit_release(service)
    ran = relpro("status", GROUP, "--html", "--watch")
    assert ran.code == 2
    assert "--html goes with none of" in ran.err


def test_gates_tell_what_they_hold(service: EmbeddedTaskcluster, relpro: Run) -> None:
    ids = submit_release(service)
    out = relpro("status", GROUP).out.splitlines()
    assert out[:2] == [
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


def begin(
    service: EmbeddedTaskcluster, more: Mapping[str, list[str]] = MappingProxyType({})
) -> dict[str, str]:
    """A release whose decision task has completed; gives label -> task id."""
    ids = submit_release(service, more)
    service.complete_pending()
    return ids


def fail(service: EmbeddedTaskcluster, outcomes: Mapping[str, str]) -> None:
    """Run what is pending; labels -> how they end, where not well."""

    def outcome(_task_id: str, definition: Mapping[str, Any]) -> str:
        return outcomes.get(definition["metadata"]["name"], "completed")

    service.complete_pending(outcome=outcome)


def deadline(service: EmbeddedTaskcluster, task_id: str) -> str:
    told: str = service.status(task_id)["deadline"]
    return told


def test_what_failed_stands_first(service: EmbeddedTaskcluster, relpro: Run) -> None:
    ids = begin(service)
    fail(service, {"build-win": "failed", "build-linux": "internal-error"})
    ran = relpro("status", GROUP)
    assert ran.code == 1
    linux, win = ids["build-linux"], ids["build-win"]
    log = f"{service.root_url}/api/queue/v1/task/{{}}/runs/0/artifacts/public/logs/live_backing.log"
    unknown = f"no task of group `{GROUP}` says which graph it is of"
    assert ran.out.splitlines()[:11] == [
        f"exception build-linux ({linux}, run 0, internal-error)",
        f"  log: {log.format(linux)}",
        "  blocks: 2 tasks",
        f"  to do: rerun it, until {deadline(service, linux)}",
        "  action: rerun {}",
        f"failed build-win ({win}, run 0)",
        f"  log: {log.format(win)}",
        "  blocks: 2 tasks",
        f"  to do: rerun it, until {deadline(service, win)}",
        "  action: rerun {}",
        f"which places are not written is not known: {unknown}",
    ]
    assert ran.out.splitlines()[11].startswith("gate signoff-push-releng: waits for releng")
    assert ran.out.splitlines()[-1].split() == ["total", "5", "0", "0", "1", "1", "1"]


def test_a_log_is_where_the_link_says(service: EmbeddedTaskcluster, relpro: Run) -> None:
    begin(service)
    logs = {"public/logs/live_backing.log": b"it broke"}
    service.complete_pending(outcome=lambda *_: "failed", artifacts=logs)
    for failed in json.loads(relpro("status", GROUP, "--json").out)["failed"]:
        assert requests.get(failed["log"], timeout=60).content == b"it broke"


def test_a_task_that_was_rerun_and_passed_is_well(
    service: EmbeddedTaskcluster, relpro: Run
) -> None:
    ids = begin(service)
    fail(service, {"build-win": "failed"})
    queue_of(service).rerun_task(ids["build-win"])
    assert relpro("status", GROUP, "--failed").code == 0
    fail(service, {"build-win": "failed"})
    ran = relpro("status", GROUP, "--failed")
    assert ran.code == 1
    assert f"({ids['build-win']}, run 1)" in ran.out
    queue_of(service).rerun_task(ids["build-win"])
    fail(service, {})
    assert relpro("status", GROUP, "--failed") == relpro("status", GROUP, "--failed")
    assert relpro("status", GROUP, "--failed").out == ""


def test_what_never_ran_because_of_another_is_blocked_by_it(
    service: EmbeddedTaskcluster, relpro: Run
) -> None:
    ids = begin(service)
    fail(service, {"build-win": "failed"})
    queue_of(service).cancel_task(ids["beetmover-win"])
    service.clock.advance(2 * 86400)
    service.complete_pending()
    told = json.loads(relpro("status", GROUP, "--failed", "--json").out)
    assert told.keys() == {"taskGroupId", "unwrittenNotKnown", "failed"}
    failed = {task["label"]: task for task in told["failed"]}
    assert failed.keys() == {"build-win", "signoff-push-releng", "signoff-push-relman"}
    assert failed["build-win"]["blocks"] == ["beetmover-win", "notify"]
    gate = failed["signoff-push-relman"]
    assert gate["blocks"] == ["beetmover-linux", "notify"]
    assert (gate["reason"], gate["log"]) == ("deadline-exceeded", None)
    assert gate["remedy"]["action"] is None


def test_after_its_deadline_a_task_is_made_anew(service: EmbeddedTaskcluster, relpro: Run) -> None:
    begin(service)
    service.clock.advance(2 * 86400)
    service.complete_pending()
    failed = json.loads(relpro("status", GROUP, "--json").out)["failed"]
    task = next(task for task in failed if task["label"] == "build-win")
    assert task["remedy"] == {
        "words": "make it anew: a task cannot be rerun after its deadline",
        "action": "retrigger-disabled",
        "input": {"downstream": True, "force": True},
    }


def test_few_of_many_failures_are_told_unless_all_are_asked_for(
    service: EmbeddedTaskcluster, relpro: Run
) -> None:
    begin(service, {f"build-{number}": [] for number in range(SHOWN)})
    service.complete_pending(outcome=lambda *_: "failed")
    assert "2 more failed: `--failed` tells all" in relpro("status", GROUP).out
    every = relpro("status", GROUP, "--failed").out
    assert every.count("failed build-") == SHOWN + 2
    assert "total" not in every


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
    assert "gate signoff-push-relman: relman has signed off" in ran.out


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
    assert "`my-group` is not an id of a task or task group" in ran.err


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
