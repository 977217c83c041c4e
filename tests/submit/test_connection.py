import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import orjson
import pytest
import urllib3

from relpro.embedded import EmbeddedTaskcluster, Fault, Worker
from relpro.errors import Refused, RelproError, Unreachable
from relpro.submit import connection, overdue
from relpro.submit.access import Access
from relpro.submit.connection import Answer, Connection, fetch
from relpro.submit.patience import Patience
from relpro.submit.pool import CONNECTIONS
from relpro.submit.queue import Queue
from tests.submit.graphs import CREATOR, GROUP, FastTime, patient, queue_of

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
    with pytest.raises(Unreachable, match="does not answer in time"):
        connection.call("GET", PING)
    assert time.monotonic() - began < 5
    assert connection.is_down


def test_a_hung_answer_is_asked_for_again(service: EmbeddedTaskcluster) -> None:
    service.faults.add(Fault("hang-before", times=1, seconds=0.5))
    began = time.monotonic()
    assert queue_of(service, timeout=0.2).status(CREATOR)["taskId"] == CREATOR
    assert time.monotonic() - began < 4


def test_a_port_where_nobody_listens_is_named() -> None:
    access = Access("http://127.0.0.1:1")
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1 does not answer: connection refused"):
        Connection(access, patient(seconds=0)).call("GET", PING)


def test_an_artifact_on_a_host_that_does_not_answer_is_told(
    service: EmbeddedTaskcluster,
) -> None:
    service.complete_pending(artifacts={"public/a.txt": b"content"})
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1 does not answer"):
        fetch("http://127.0.0.1:1/a.txt")


GOOD_STATUS = {
    "taskId": CREATOR,
    "taskGroupId": GROUP,
    "schedulerId": "x",
    "state": "completed",
    "deadline": "2029-01-01T00:00:00Z",
    "expires": "2030-01-01T00:00:00Z",
}
GOOD_TASK = {
    "taskGroupId": GROUP,
    "schedulerId": "x",
    "created": "2026-01-01T00:00:00Z",
    "metadata": {"name": "x"},
}


def _lies() -> Iterator[Any]:
    """Answers of a queue that lies: each has one thing of another type."""
    wrong: list[Any] = [None, 1, True, "x", [], {}, [1], [None], {"a": 1}]
    for good, under in ((GOOD_STATUS, "status"), (GOOD_TASK, "task")):
        for name in good:
            for value in (one for one in wrong if type(one) is not type(good[name])):
                yield {"taskId": CREATOR, under: {**good, name: value}}
            yield {"taskId": CREATOR, under: {k: v for k, v in good.items() if k != name}}
        yield from ({"taskId": CREATOR, under: value} for value in wrong if value != {"a": 1})
        yield from ({"taskId": value, under: good} for value in wrong if value != "x")
    more: tuple[Any, ...] = (
        {"scopes": [1]},
        {"routes": "x"},
        {"dependencies": {}},
        {"tags": {"a": 1}},
    )
    yield from ({"taskId": CREATOR, "task": {**GOOD_TASK, **one}} for one in more)
    dates: tuple[Any, ...] = (
        {"expires": "soon"},
        {"expires": "2030-01-01"},
        {"runs": [{"scheduled": "soon"}]},
    )
    yield from ({"taskId": CREATOR, "status": {**GOOD_STATUS, **one}} for one in dates)
    yield from wrong


def test_a_queue_that_lies_is_no_queue() -> None:
    """Whatever has another type than the API says is told with its code, and no Python error."""
    refused = 0
    for lie in _lies():
        entry = orjson.dumps(lie)
        content = b'{"tasks": [%b], "statuses": [%b], "status": %b}' % (entry, entry, entry)
        with a_proxy_that_answers(200, content) as url:
            queue = Queue(Connection(Access(url), patient(seconds=0)))
            is_status = isinstance(lie, dict) and "status" in lie
            ask = queue.statuses if is_status else queue.definitions
            with pytest.raises(Unreachable) as caught:
                ask([CREATOR])
            with pytest.raises(Unreachable):
                list(queue.group_members(GROUP))
            with pytest.raises(Unreachable):
                queue.status(CREATOR)
        assert caught.value.diagnostics[0].code == "Q702"
        refused += 1
    assert refused > 100


@pytest.mark.parametrize("further", ["1", "[]", "{}", "true", '["x"]'])
def test_a_token_that_is_no_text_is_told(further: str) -> None:
    content = b'{"tasks": [], "continuationToken": %b}' % further.encode()
    with a_proxy_that_answers(200, content) as url:
        queue = Queue(Connection(Access(url), patient(seconds=0)))
        with pytest.raises(Unreachable, match="is not a Taskcluster"):
            list(queue.group_members(GROUP))


@pytest.mark.parametrize(
    "url", ["1", "null", '"file:///etc/passwd"', '"ftp://a/"', '"http://[::1/"', '"http://"']
)
def test_an_artifact_is_nowhere_but_at_an_address(url: str) -> None:
    content = b'{"url": %b}' % url.encode()
    with a_proxy_that_answers(200, content) as address:
        queue = Queue(Connection(Access(address), patient(seconds=0)))
        if url.startswith('"'):
            with pytest.raises(Unreachable):
                queue.artifact(CREATOR, "public/a")
        else:  # the content is what it is
            assert queue.artifact(CREATOR, "public/a") == content


@contextmanager
def dripping(head: bytes, drop: bytes, pause: float) -> Iterator[tuple[str, list[int]]]:
    """A server whose answers go on without end, and how many it has begun."""
    ended, begun = threading.Event(), list[int]()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(100_000)
            begun.append(1)
            connection.sendall(head)
            while not ended.wait(pause):
                connection.sendall(drop)

    def listen() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=server.accept()[:1], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", begun
        ended.set()
        server.shutdown(socket.SHUT_RDWR)


OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (OK_HEAD, b" "),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
            b"X: y\r\n",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
)
def test_an_answer_that_drips_is_given_up(
    monkeypatch: pytest.MonkeyPatch, head: bytes, drop: bytes
) -> None:
    monkeypatch.setattr(overdue, "LONGEST", 0.4)
    monkeypatch.setattr(overdue, "TICK", 0.05)
    began = time.monotonic()
    with dripping(head, drop, 0.02) as (url, begun):
        with pytest.raises(Unreachable, match=r"takes longer than 0\.4 seconds") as caught:
            Connection(Access(url), patient(seconds=100)).call("GET", PING)
        with pytest.raises(Unreachable, match=r"takes longer than 0\.4 seconds"):
            fetch(f"{url}/artifact")
    assert caught.value.diagnostics[0].code == "Q702"
    assert time.monotonic() - began < 5
    assert len(begun) == 2


def test_an_endless_body_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LARGEST", 3_000_000)
    with (
        dripping(OK_HEAD, b" " * 100_000, 0) as (url, begun),
        pytest.raises(Unreachable, match="answers with more than 3,000,000 bytes") as caught,
    ):
        Connection(Access(url), patient(seconds=100)).call("GET", PING)
    assert caught.value.diagnostics[0].code == "Q702"
    assert len(begun) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_body_that_grows_without_end_is_given_up(
    monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr(connection, "LARGEST", 3_000_000)
    body = b" " * 30_000_000
    for _ in range(times):
        body = gzip.compress(body)
    encoding = ", ".join(["gzip"] * times)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n"
    with (
        answering(head.encode() + body) as (url, _),
        pytest.raises(Unreachable, match="answers with more than 3,000,000 bytes"),
    ):
        Connection(Access(url), patient(seconds=0)).call("GET", PING)


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 999999999 OK\r\n\r\n{}",
        b"{}",
        b"",
    ],
)
def test_what_is_no_answer_in_http_is_told(reply: bytes) -> None:
    with answering(reply) as (url, _), pytest.raises(Unreachable) as caught:
        Connection(Access(url), patient(seconds=0)).call("GET", PING)
    assert caught.value.diagnostics[0].code == "Q702"


@contextmanager
def answering(reply: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """The address of a server that answers once, and what it was asked, once that is done."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                asked.append(connection.recv(100_000))
                connection.sendall(reply)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        thread.join()


def test_a_proxy_of_the_environment_is_used_for_https(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(b"HTTP/1.1 403 Forbidden\r\n\r\n") as (address, asked):
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.delenv("https_proxy", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        access = Access("https://tc.example.com")
        with pytest.raises(Unreachable, match=r"tc\.example\.com"):
            Connection(access, patient(seconds=0)).call("GET", PING)
    assert asked[0].startswith(b"CONNECT tc.example.com:443")


def test_a_request_is_sent_in_one_piece() -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    with answering(reply) as (address, asked):
        answer = Connection(Access(address), patient()).call("PUT", PING, b'{"a": "b"}')
    assert answer.status == 200
    assert asked[0].startswith(b"PUT /api/queue/v1/ping HTTP/1.1")
    assert asked[0].endswith(b'{"a": "b"}')


def test_an_answer_that_is_no_json_of_the_services_has_no_explanation() -> None:
    assert Answer(502, b"<html>").message == "no explanation"
    assert Answer(404, b'{"error": "Not found"}').message == "Not found"
    assert (
        Answer(400, b'{"message": "why\\n\\n  * so\\n---\\n* method: x"}').message == "why\n  * so"
    )
    assert len(Answer(400, b'{"message": "' + b"x" * 9000 + b'"}').message) < 2100


def test_a_server_without_a_good_certificate_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"no TLS" * 10)
                connection.recv(1000)

        thread = threading.Thread(target=talk)
        thread.start()
        access = Access(f"https://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(Unreachable, match="was tried once"):
            Connection(access, patient()).call("GET", PING)
        thread.join()


def test_tasks_are_asked_for_and_steered(service: EmbeddedTaskcluster) -> None:
    queue = queue_of(service)
    assert queue.definition(CREATOR)["taskGroupId"] == GROUP
    assert queue.status(CREATOR)["state"] == "pending"
    assert queue.definitions([CREATOR]).keys() == {CREATOR}
    assert queue.group_exists(GROUP)
    assert not queue.group_exists("AAAAAAAAQACAAAAAAAAAAA")
    assert [one["status"]["taskId"] for one in queue.group_members(GROUP)] == [CREATOR]
    assert queue.cancel_task(CREATOR)["state"] == "exception"
    assert queue.rerun_task(CREATOR)["state"] == "pending"


def test_a_call_that_is_refused_says_why(service: EmbeddedTaskcluster) -> None:
    service.clock.advance(3 * 86_400)
    with pytest.raises(Refused, match="deadline") as caught:
        queue_of(service).schedule_task(CREATOR)
    assert [one.code for one in caught.value.diagnostics] == ["Q701"]


def test_an_artifact_that_may_not_be_read_is_told(service: EmbeddedTaskcluster) -> None:
    service.complete_pending(artifacts={"private/a.txt": b"content"})
    with pytest.raises(Refused, match=r"artifact `private/a\.txt`"):
        queue_of(service, "nothing:much").artifact(CREATOR, "private/a.txt")


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


class _WebSite(BaseHTTPRequestHandler):
    """Sends whoever asks elsewhere, or shows a page."""

    def do_GET(self) -> None:
        self.send_response(301 if self.path.endswith("/moved/list") else 200)
        self.end_headers()
        self.wfile.write(b"{}" if self.path.endswith("/other/list") else b"<html>")

    def log_message(self, *_: object) -> None:
        """Nobody wants to know."""


@pytest.mark.parametrize("group", ["moved", "shown", "other"])
def test_a_web_site_is_told_from_a_taskcluster(group: str) -> None:
    with HTTPServer(("127.0.0.1", 0), _WebSite) as site:
        thread = threading.Thread(target=site.handle_request)
        thread.start()
        queue = Queue(Connection(Access(f"http://127.0.0.1:{site.server_port}")))
        with pytest.raises(Unreachable, match=r"Q702.* is not a Taskcluster"):
            list(queue.group_members(group))
        thread.join()


def test_an_artifact_outlasts_an_outage_of_where_it_is_kept(service: EmbeddedTaskcluster) -> None:
    time = FastTime()
    pool = service.task(CREATOR)["taskQueueId"]
    worker = Worker(service.root_url, service.root_credentials, pool)
    (claim,) = worker.claim(1)
    worker.upload(claim, "public/a.txt", b"content", "text/plain")
    service.faults.add(Fault("error-before", {"downloadContent"}, times=3))
    assert queue_of(service, patience=patient(time)).artifact(CREATOR, "public/a.txt") == b"content"


def test_a_clock_that_is_wrong_is_told(service: EmbeddedTaskcluster) -> None:
    service.clock.skew(3600)
    with pytest.raises(Unreachable, match="set the clock of this machine"):
        queue_of(service).status(CREATOR)


LOGIN = b"<html><body>Please log in</body></html>"


@contextmanager
def a_proxy_that_answers(status: int, content: bytes) -> Iterator[str]:
    """The address of a server that answers every call like this."""

    class Proxy(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.send_response(status)
            self.send_header("Location", "/login")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_PUT()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_PUT()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (302, LOGIN),
        (200, LOGIN),
        (204, b""),
        (200, b"{}"),
        (200, b'{"status": {"taskId": "OtherTasQaaAAAAAAAAAAA"}}'),
        (200, b'{"status": 1}'),
    ],
)
def test_only_the_queue_says_that_a_task_is_created(status: int, content: bytes) -> None:
    with a_proxy_that_answers(status, content) as url:
        queue = Queue(Connection(Access(url, None), patient(FastTime())))
        with pytest.raises(Unreachable, match="is not a Taskcluster") as caught:
            queue.create_task(CREATOR, b"{}")
    assert caught.value.diagnostics[0].code == "Q702"


OTHER = "OtherTasQaaAAAAAAAAAAA"


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (302, LOGIN),
        (200, LOGIN),
        (204, b""),
        (200, b"{}"),
        (200, orjson.dumps({"taskGroupId": OTHER, "status": {**GOOD_STATUS, "taskId": OTHER}})),
    ],
)
def test_what_is_said_is_said_of_what_was_asked(status: int, content: bytes) -> None:
    with a_proxy_that_answers(status, content) as url:
        queue = Queue(Connection(Access(url, None), patient(FastTime())))
        for ask in (queue.status, queue.group_exists):
            with pytest.raises(Unreachable, match="is not a Taskcluster"):
                ask(CREATOR)


@pytest.mark.parametrize("status", [401, 403, 400])
def test_a_group_that_nobody_may_look_at_is_not_taken_for_none(status: int) -> None:
    with a_proxy_that_answers(status, b'{"message": "no"}') as url:
        queue = Queue(Connection(Access(url, None), patient(FastTime())))
        with pytest.raises(RelproError, match=r"Q70[134]"):
            queue.group_exists(GROUP)


@pytest.mark.parametrize("status", [202, 204, 206, 302])
def test_a_part_of_an_artifact_is_not_taken_for_it(status: int) -> None:
    with a_proxy_that_answers(status, b"" if status == 204 else b"{}") as url:
        queue = Queue(Connection(Access(url, None), patient(FastTime())))
        with pytest.raises(Unreachable, match="is not a Taskcluster"):
            queue.artifact(CREATOR, "public/parameters.yml")


def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relpro.submit.queue.MOST_PAGES", 5)
    with a_proxy_that_answers(200, b'{"tasks": [], "continuationToken": "again"}') as address:
        queue = Queue(Connection(Access(address)))
        with pytest.raises(Unreachable, match=r"answers without end.*more than 5 pages"):
            list(queue.group_members("fLp4Y1XJTsqsRmpIu1QxkA"))
