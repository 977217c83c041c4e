import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from relpro.embedded import EmbeddedTaskcluster, Settings
from tests.cli.conftest import Run
from tests.cli.groups import submit_release, use
from tests.submit.graphs import CREATOR, GROUP, create_creator


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedTaskcluster]:
    with EmbeddedTaskcluster(settings=Settings.at_once()) as running:
        use(monkeypatch, running, "queue:schedule-task-in-project:signoff/releng")
        yield running


def test_gates_are_listed_with_role_and_state(service: EmbeddedTaskcluster, relpro: Run) -> None:
    submit_release(service)
    ran = relpro("sign-off", GROUP)
    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()] == [
        ["gate", "role", "state", "holds"],
        ["signoff-push-releng", "releng", "waiting", "3"],
        ["signoff-push-relman", "relman", "waiting", "2"],
    ]


def test_signing_off_lets_what_waited_start(service: EmbeddedTaskcluster, relpro: Run) -> None:
    ids = submit_release(service)
    ran = relpro("sign-off", GROUP, "--role", "releng")
    assert (ran.code, ran.out) == (0, "signed off signoff-push-releng as releng: it is pending\n")
    service.complete_all()
    states = service.states(GROUP)
    assert states[ids["beetmover-win"]] == "completed"
    assert states[ids["beetmover-linux"]] == "unscheduled"
    assert "signoff-push-releng  releng  signed" in relpro("sign-off", GROUP).out
    ran = relpro("sign-off", GROUP, "--role", "releng")
    assert (ran.code, ran.out) == (0, "signoff-push-releng is signed already\n")


def test_the_role_of_somebody_else_cannot_be_signed(
    service: EmbeddedTaskcluster, relpro: Run
) -> None:
    ids = submit_release(service)
    ran = relpro("sign-off", GROUP, "--role", "relman")
    assert ran.code == 4
    assert ran.err.startswith("error[Q704]")
    assert "queue:schedule-task-in-project:signoff/relman" in ran.err
    assert service.states(GROUP)[ids["signoff-push-relman"]] == "unscheduled"


def test_an_unknown_role_is_answered_with_those_there_are(
    service: EmbeddedTaskcluster, relpro: Run
) -> None:
    submit_release(service)
    ran = relpro("sign-off", GROUP, "--role", "release")
    assert ran.code == 2
    assert "`releng`, `relman`" in ran.err


def test_a_gate_is_named_where_a_role_has_several(
    service: EmbeddedTaskcluster, relpro: Run
) -> None:
    ids = submit_release(service, {"signoff-ship-releng": []})
    ran = relpro("sign-off", GROUP, "--role", "releng")
    assert ran.code == 2
    assert "choose one by --gate: `signoff-push-releng`, `signoff-ship-releng`" in ran.err
    assert relpro("sign-off", GROUP, "--gate", "signoff-ship-releng").code == 0
    assert service.states(GROUP)[ids["signoff-ship-releng"]] == "pending"
    assert service.states(GROUP)[ids["signoff-push-releng"]] == "unscheduled"


def test_on_a_terminal_gates_are_a_table(
    service: EmbeddedTaskcluster, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_release(service)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    out = relpro("sign-off", GROUP).out
    assert [line.split() for line in out.splitlines()][1][-3:] == ["releng", "waiting", "3"]


def test_a_group_without_gates_says_so(service: EmbeddedTaskcluster, relpro: Run) -> None:
    create_creator(service)
    ran = relpro("sign-off", GROUP)
    assert (ran.code, ran.out) == (0, "")
    assert "has no sign-off gates" in ran.err
    assert relpro("sign-off", GROUP, "--role", "releng").code == 2


def test_signing_needs_credentials(
    service: EmbeddedTaskcluster, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_release(service)
    monkeypatch.delenv("TASKCLUSTER_CLIENT_ID")
    monkeypatch.delenv("TASKCLUSTER_ACCESS_TOKEN")
    assert relpro("sign-off", GROUP).code == 0
    ran = relpro("sign-off", GROUP, "--role", "releng")
    assert ran.code == 3
    assert ran.err.startswith("error[Q703]: there are no Taskcluster credentials")


def test_a_gate_past_its_deadline_is_refused(service: EmbeddedTaskcluster, relpro: Run) -> None:
    submit_release(service)
    service.clock.advance(86_400 + 30)
    ran = relpro("sign-off", GROUP, "--role", "releng")
    assert ran.code == 4
    assert "deadline" in ran.err


def test_a_served_queue_prints_how_to_use_it(relpro: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "relpro", "queue"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline() for _ in range(4)]
        exported = dict(line.split()[1].split("=", 1) for line in lines[1:])
        for name, value in exported.items():
            monkeypatch.setenv(name, value)
        ran = relpro("status", CREATOR)
        assert (ran.code, ran.err[:13]) == (2, "error[Q712]: ")
    finally:
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 0
        process.stdout.close()


def test_a_taken_port_is_one_message(service: EmbeddedTaskcluster, relpro: Run) -> None:
    ran = relpro("queue", "--port", service.root_url.rpartition(":")[2])
    assert ran.code == 2
    assert "name another port" in ran.err


def test_a_queue_that_is_not_installed_is_told(
    relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "relpro.embedded", None)
    ran = relpro("queue")
    assert ran.code == 2
    assert "install `relpro[embedded]`" in ran.err
