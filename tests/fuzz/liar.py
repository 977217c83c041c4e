"""A Taskcluster on loopback that answers, now and then, something else than it should."""

import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import attrs
import orjson
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.errors import RelproError
from relpro.graph.taskids import task_id
from relpro.plan.remote import RemoteTaskcluster
from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.submit.queue import Queue
from tests.cli.groups import submit_release
from tests.embedded.bodies import DAY, at
from tests.fuzz.mutation import as_json, garbled, mutated
from tests.fuzz.running import Case, Fault, Hang, Ran, not_for_ever, relpro, taken
from tests.fuzz.tree import Repository
from tests.submit.graphs import CREATOR, GROUP, now_of, patient, queue_of

_JSON = "application/json"
#: Where the index has the task that created the group.
_PATH = "app.latest"
#: Answers that are no answers: a redirect, a login page, nothing.
_STRANGE = ((302, b""), (204, b""), (200, b"<html>Sign in</html>"), (200, b""), (200, b"null"))


class Liar:
    """A proxy that hands calls on, and changes some answers before it gives them back."""

    def __init__(self, service: EmbeddedTaskcluster) -> None:
        self._queue = queue_of(service)
        self._rng: Random | None = None
        self.lied = False

    def lie(self, rng: Random | None) -> None:
        """Begin to lie, or end; which answers are changed, and how, follows from `rng`."""
        self._rng, self.lied = rng, False

    def answer(self, verb: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        """The answer to a call."""
        said = self._queue.connection.call(verb, path, body)
        if self._rng is None or self._rng.random() < 0.6:
            return said.status, said.content
        self.lied = True
        if self._rng.random() < 0.1:
            return self._rng.choice(_STRANGE)
        if self._rng.random() < 0.1:
            return said.status, garbled(said.content, self._rng)
        found = said.json
        return said.status, as_json(mutated(found, self._rng)) if found else said.content


@contextmanager
def lying(service: EmbeddedTaskcluster) -> Iterator[tuple[Liar, str]]:
    """A liar before a Taskcluster, and its address."""
    liar = Liar(service)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _give(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            status, content = liar.answer(self.command, self.path, body)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:9/login")
            self.send_header("Content-Type", _JSON)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if status != 204:
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = _give  # noqa: N815 - names of the base class

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield liar, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@attrs.frozen
class Answers:
    """Commands that ask a Taskcluster, and what each may not do, whatever that says."""

    service: EmbeddedTaskcluster
    liar: Liar
    environment: Mapping[str, str]
    repository: Repository
    made: Mapping[str, str]

    @property
    def asks(self) -> tuple[Case, ...]:
        """What is asked, all in the same measure."""
        return (self._look, self._status, self._sign_off, self._decide, self._steer)

    def run(self, rng: Random) -> Fault:
        """One command, before a liar."""
        ask = rng.choice(self.asks)
        return ask(rng)

    def _relpro(self, rng: Random | None, *words: str, **more: str) -> Ran:
        self.liar.lie(rng)
        try:
            return relpro(*words, **self.environment, **more)
        finally:
            self.liar.lie(None)

    def _look(self, rng: Random) -> Fault:
        """Reads of index and queue, as a generation makes them."""
        url = self.environment["TASKCLUSTER_ROOT_URL"]
        queue = Queue(Connection(Access(url), patient()))
        records = RemoteTaskcluster.at(queue, now_of(self.service), GROUP)
        asks: tuple[Callable[[], object], ...] = (
            lambda: records.find(_PATH),
            lambda: records.find_all([_PATH, "app.none"]),
            lambda: records.group(GROUP),
            lambda: records.statuses([GROUP]),
            lambda: records.definitions([GROUP]),
        )
        self.liar.lie(rng)
        try:
            with not_for_ever():
                rng.choice(asks)()
        except RelproError:
            return ""
        except (Exception, Hang):  # noqa: BLE001 - any other is a fault of ours
            return traceback.format_exc()
        finally:
            self.liar.lie(None)
        return ""

    def _status(self, rng: Random) -> Fault:
        words = ("--json",) if rng.random() < 0.5 else ()
        return self._relpro(rng, "status", GROUP, *words).fault

    def _sign_off(self, rng: Random) -> Fault:
        words = ("--role", "releng") if rng.random() < 0.5 else ()
        return self._relpro(rng, "sign-off", GROUP, *words).fault

    def _steer(self, rng: Random) -> Fault:
        name = rng.choice(("rerun", "cancel", "cancel-all", "retrigger"))
        words = ("--task", rng.choice(tuple(self.made.values()))) if name != "cancel-all" else ()
        root, head = str(self.repository.root), self.repository.base
        return self._relpro(
            rng,
            *("action", name, "-r", root, "--group", GROUP, "--task-id", CREATOR, *words),
            *("--output-dir", str(self.repository.out)),
            GECKO_HEAD_REV=head,
            GECKO_PROJECT="main",
            GECKO_LEVEL="3",
            GECKO_HEAD_REPOSITORY="https://github.com/example/app",
        ).fault

    def _decide(self, rng: Random) -> Fault:
        """A decision: what is said to be created is there, and whole."""
        creator = task_id(CREATOR, f"decision {rng.random()}")
        head = self.repository.base
        event = {
            "GECKO_HEAD_REPOSITORY": "https://github.com/example/app",
            "GECKO_HEAD_REV": head,
            "GECKO_BASE_REV": head,
            "GECKO_PROJECT": "main",
            "GECKO_LEVEL": "3",
            "GECKO_TASKS_FOR": "github-push",
            "GECKO_OWNER": "a@example.com",
        }
        self._create(creator)
        out = ("--output-dir", str(self.repository.out))
        root = str(self.repository.root)
        ran = self._relpro(rng, "decision", "-r", root, *out, "--task-id", creator, **event)
        if ran.code == 0:
            path = self.repository.out / "label-to-taskid.json"
            wanted = set(orjson.loads(path.read_bytes()).values())
            there = set(self.service.tasks(creator))
            if not wanted <= there:
                return f"said to be created, and is not: {wanted - there}: {ran.out}"
        return ran.fault

    def _create(self, creator: str) -> None:
        own = dict(self.service.tasks(GROUP)[CREATOR])
        own["taskGroupId"] = creator
        answer = queue_of(self.service).create_task(creator, orjson.dumps(own))
        assert answer.is_good, answer.message


@contextmanager
def answers(folder: Path) -> Iterator[Case]:
    """Answers of queue, index and auth, changed on their way."""
    with EmbeddedTaskcluster(
        settings=Settings.at_once(built_in_delay=86_400, claim_wait=0)
    ) as service:
        made = submit_release(service)
        with lying(service) as (liar, address):
            environment = {"TASKCLUSTER_ROOT_URL": address, "TASKCLUSTER_PROXY_URL": address}
            asking = Answers(service, liar, environment, Repository(folder), made)
            entry = {"taskId": CREATOR, "rank": 0, "data": {}, "expires": at(service, 30 * DAY)}
            taskcluster.Index(
                {"rootUrl": service.root_url, "credentials": service.root_credentials}
            ).insertTask(_PATH, entry)
            for words in (("status", GROUP), ("sign-off", GROUP)):
                taken(relpro(*words, **environment))
            yield asking.run
