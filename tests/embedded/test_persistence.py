"""What is in the file survives the process, killed or not."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.errors import RelproError
from tests.embedded.bodies import DAY, create, definition, new_id


def test_tasks_clients_and_what_is_due_are_there_after_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "queue.sqlite")
    with EmbeddedTaskcluster(path, settings=Settings.at_once()) as service:
        queue = taskcluster.Queue(service.options())
        first = create(service, queue)
        second = create(service, queue, dependencies=[first])
        states, credentials = service.states(), service.root_credentials
    with EmbeddedTaskcluster(path, settings=Settings.at_once()) as service:
        assert service.root_credentials == credentials
        assert service.states() == states
        service.complete_pending()
        assert service.states() == {first: "completed", second: "pending"}
        service.clock.advance(DAY + 100)
        assert service.states() == {first: "completed", second: "exception"}


def test_due_work_survives_even_if_the_end_came_before_it(tmp_path: Path) -> None:
    path = str(tmp_path / "queue.sqlite")
    with EmbeddedTaskcluster(path, settings=Settings.at_once(dependency_poll=60)) as service:
        queue = taskcluster.Queue(service.options())
        first = create(service, queue)
        second = create(service, queue, dependencies=[first])
        service.complete_pending()
        assert service.states()[second] == "unscheduled"
    with EmbeddedTaskcluster(path, settings=Settings.at_once()) as service:
        service.clock.advance(61)
        assert service.states()[second] == "pending"


CHILD = """
import sys
from relpro.embedded import serve
serve(0, sys.argv[1], ready=lambda s: print(s.root_url, *s.root_credentials.values(), flush=True))
"""


def _start(path: str) -> tuple["subprocess.Popen[str]", Any]:
    child = subprocess.Popen([sys.executable, "-c", CHILD, path], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    root_url, client_id, token = child.stdout.readline().split()
    credentials = {"clientId": client_id, "accessToken": token}
    return child, taskcluster.Queue({"rootUrl": root_url, "credentials": credentials})


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_what_was_answered_survives_the_end_of_the_process(
    service: EmbeddedTaskcluster, tmp_path: Path, end: signal.Signals
) -> None:
    path, task_id, body = str(tmp_path / "queue.sqlite"), new_id(), definition(service)
    child, queue = _start(path)
    try:
        queue.createTask(task_id, body)
    finally:
        os.kill(child.pid, end)
        code = child.wait(timeout=60)
        assert child.stdout is not None
        child.stdout.close()
    assert code == (0 if end == signal.SIGINT else -end)
    with EmbeddedTaskcluster(path, settings=Settings.at_once()) as again:
        assert again.states() == {task_id: "pending"}
        queue = taskcluster.Queue(again.options())
        assert queue.createTask(task_id, body)["status"]["state"] == "pending"


def test_a_child_process_is_told_by_its_environment(service: EmbeddedTaskcluster) -> None:
    program = "import taskcluster as t; t.Auth(t.optionsFromEnvironment()).currentScopes()"
    environment = {**os.environ, **service.environment("secrets:get:a")}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
    assert [(call.method, call.status) for call in service.calls] == [("currentScopes", 200)]


def test_a_taken_port_is_told(service: EmbeddedTaskcluster) -> None:
    port = int(service.root_url.rpartition(":")[2])
    with (
        pytest.raises(RelproError, match=f"Q713.*port {port}"),
        EmbeddedTaskcluster(port=port, settings=Settings.at_once()),
    ):
        pass


def test_a_file_serves_one_process_at_a_time(tmp_path: Path) -> None:
    path = str(tmp_path / "queue.sqlite")
    with (
        EmbeddedTaskcluster(path, settings=Settings.at_once()),
        pytest.raises(RelproError, match=r"Q713.*locked"),
    ):
        EmbeddedTaskcluster(path, settings=Settings.at_once())


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    path.write_text("something else " * 100)
    for wrong in (path, tmp_path, tmp_path / "missing" / "queue.sqlite"):
        with pytest.raises(RelproError, match="Q713"):
            EmbeddedTaskcluster(str(wrong), settings=Settings.at_once())


def test_credentials_survive_a_restart_and_new_ones_are_others(tmp_path: Path) -> None:
    path = str(tmp_path / "queue.sqlite")
    with EmbeddedTaskcluster(path, settings=Settings.at_once()) as service:
        old = service.credentials("a")
    with EmbeddedTaskcluster(path, settings=Settings.at_once()) as service:
        new = service.credentials("b")
        assert old["clientId"] != new["clientId"]
        auth = taskcluster.Auth({"rootUrl": service.root_url, "credentials": old})
        assert "a" in auth.currentScopes()["scopes"]


def test_durable_writes_are_read_back(tmp_path: Path) -> None:
    path = str(tmp_path / "queue.sqlite")
    with EmbeddedTaskcluster(path, settings=Settings.at_once(durable=True)) as service:
        task_id = create(service, taskcluster.Queue(service.options()))
    with EmbeddedTaskcluster(path, settings=Settings.at_once()) as service:
        assert service.states() == {task_id: "pending"}


@pytest.mark.parametrize("before", [None, b""])
def test_only_the_owner_reads_the_database(tmp_path: Path, before: bytes | None) -> None:
    path = tmp_path / "queue.sqlite"
    if before is not None:
        path.write_bytes(before)
        path.chmod(0o644)
    umask = os.umask(0)
    try:
        with EmbeddedTaskcluster(str(path), settings=Settings.at_once()) as service:
            create(service, taskcluster.Queue(service.options()))
            modes = {one.name: one.stat().st_mode & 0o777 for one in tmp_path.iterdir()}
    finally:
        os.umask(umask)
    assert "queue.sqlite" in modes
    assert "queue.sqlite-wal" in modes
    assert set(modes.values()) == {0o600}
