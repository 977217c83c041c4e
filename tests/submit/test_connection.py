import socket
import threading
import time
from collections.abc import Iterator

import pytest
import urllib3

from relpro.embedded import EmbeddedTaskcluster, Fault
from relpro.errors import Refused, RelproError, Unreachable
from relpro.submit.access import Access
from relpro.submit.connection import CONNECTIONS, Connection
from relpro.submit.patience import Patience
from tests.submit.graphs import CREATOR, FastTime, patient, queue_of

PING = "/api/queue/v1/ping"


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where connections are accepted and never answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_an_outage_of_five_minutes_is_outlasted(service: EmbeddedTaskcluster) -> None:
    time = FastTime()

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        if time.at >= 300:
            service.faults.clear()

    service.faults.add(Fault("error-before"))
    patience = Patience(sleep=sleep, monotonic=time.monotonic, chance=lambda: 0.5)
    assert queue_of(service, patience=patience).status(CREATOR)["taskId"] == CREATOR
    assert 300 <= time.at < 340


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_pauses_grow_to_half_a_minute_and_differ_by_a_quarter(chance: float) -> None:
    patience = Patience(chance=lambda: chance)
    pauses = [patience.pause(failures) for failures in (1, 2, 3, 9, 12, 1000)]
    expected = [0.1, 0.2, 0.4, 25.6, 30, 30]
    assert pauses == pytest.approx([one * (0.75 + chance / 2) for one in expected])


@pytest.mark.parametrize("kind", ["error-before", "reset-before"])
def test_patience_ends(service: EmbeddedTaskcluster, kind: str) -> None:
    service.faults.add(Fault(kind))  # type: ignore[arg-type]
    time = FastTime()
    with pytest.raises(Unreachable) as caught:
        queue_of(service, patience=patient(time)).status(CREATOR)
    (problem,) = caught.value.diagnostics
    assert problem.code == "Q702"
    assert service.root_url in problem.what
    assert "times in" in problem.why
    assert 360 < time.at <= 400


def test_refusals_are_not_tried_again(service: EmbeddedTaskcluster) -> None:
    before = len(service.calls)
    with pytest.raises(RelproError) as caught:
        queue_of(service).status("AAAAAAAAQACAAAAAAAAAAA")
    assert [one.code for one in caught.value.diagnostics] == ["Q712"]
    assert len(service.calls) == before + 1


def test_a_server_that_never_answers_is_given_up(silent_port: int) -> None:
    access = Access(f"http://127.0.0.1:{silent_port}")
    began = time.monotonic()
    connection = Connection(access, patient(seconds=0.25), urllib3.Timeout(0.1))
    with pytest.raises(Unreachable, match="did not answer in time"):
        connection.call("GET", PING)
    assert time.monotonic() - began < 5
    assert connection.is_down


def test_a_hung_answer_is_asked_for_again(service: EmbeddedTaskcluster) -> None:
    service.faults.add(Fault("hang-before", times=1, seconds=5))
    began = time.monotonic()
    assert queue_of(service, timeout=0.2).status(CREATOR)["taskId"] == CREATOR
    assert time.monotonic() - began < 4


def test_a_port_where_nobody_listens_is_named() -> None:
    access = Access("http://127.0.0.1:1")
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1 does not answer: connection refused"):
        Connection(access, patient(seconds=0)).call("GET", PING)


def test_connections_are_kept_and_few(service: EmbeddedTaskcluster) -> None:
    queue = queue_of(service)
    threads = [threading.Thread(target=queue.status, args=(CREATOR,)) for _ in range(120)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool = queue.connection._pool
    assert pool.num_connections <= CONNECTIONS
    assert pool.num_requests == 120


def test_without_credentials_calls_are_not_signed(service: EmbeddedTaskcluster) -> None:
    service.clock.skew(3600)
    answer = Connection(Access(service.root_url), patient()).call("GET", PING)
    assert answer.json["alive"] is True


def test_missing_scopes_are_said_in_the_words_of_the_service(service: EmbeddedTaskcluster) -> None:
    with pytest.raises(Refused) as caught:
        queue_of(service, "nothing:much").schedule_task(CREATOR)
    (problem,) = caught.value.diagnostics
    assert problem.code == "Q704"
    assert "queue:schedule-task" in problem.why


def test_lists_are_read_page_by_page(service: EmbeddedTaskcluster) -> None:
    queue = queue_of(service)
    ids = [f"{number:08}QAAAAAAAAAAAAA"[:20] + "AA" for number in range(2500)]
    assert queue.statuses([*ids, CREATOR]).keys() == {CREATOR}
    assert [call.method for call in service.calls].count("statuses") == 3


def test_an_artifact_is_fetched_where_the_queue_says(service: EmbeddedTaskcluster) -> None:
    service.complete_pending(artifacts={"public/a.txt": b"content"})
    queue = queue_of(service)
    assert queue.artifact(CREATOR, "public/a.txt") == b"content"
    with pytest.raises(RelproError) as caught:
        queue.artifact(CREATOR, "public/none.txt")
    assert [one.code for one in caught.value.diagnostics] == ["Q706"]
