"""Takes a path, a clock and settings; gives a Taskcluster that serves on loopback in a thread."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from relpro.embedded.clock import Clock
from relpro.embedded.deployment import (
    FAR_FUTURE,
    Deployment,
    Settings,
    add_client,
    random_task_id,
)
from relpro.embedded.errors import Json
from relpro.embedded.faults import Faults
from relpro.embedded.hawk import Client
from relpro.embedded.indexing import find_indexed
from relpro.embedded.lifecycle import perform_due
from relpro.embedded.local_worker import Outcome, complete, work_off
from relpro.embedded.server import Answered, Server
from relpro.embedded.store import Store
from relpro.embedded.tasks import TaskRecord, get_task, select_tasks, states_of
from relpro.errors import Diagnostic, RelproError

Result = TypeVar("Result")


class EmbeddedTaskcluster:
    """Queue, index, hooks, secrets and auth at `root_url`, within the context.

    Methods that read and change the state do not use HTTP; they may be called from any other
    thread.
    """

    def __init__(
        self,
        path: str = ":memory:",
        *,
        clock: Clock | None = None,
        settings: Settings | None = None,
        port: int = 0,
        seed: int = 0,
        new_id: Callable[[], str] = random_task_id,
    ) -> None:
        """Open or create the database at `path`; `seed` is for faults, port 0 means any.

        Raises `RelproError` if the database cannot be opened.
        """
        self.clock = clock or Clock()
        self.faults = Faults(seed)
        self._port = port
        self._store = Store(path, durable=bool(settings and settings.durable))
        self._deployment = Deployment(
            self._store, self.clock, settings or Settings(), self.faults, new_id
        )
        self._server = Server(self._deployment)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(
            target=self._serve, name="embedded taskcluster", daemon=True
        )
        self._ready: concurrent.futures.Future[int] = concurrent.futures.Future()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Serve; raises `RelproError` if the port is in use."""
        self._thread.start()
        try:
            port = self._ready.result(timeout=30)
        except BaseException:
            self._close()
            raise
        self._deployment.root_url = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """Close all connections and the database."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._close()

    @property
    def root_url(self) -> str:
        """The URL of the services, for the client's `rootUrl`."""
        return self._deployment.root_url

    @property
    def root_credentials(self) -> dict[str, str]:
        """Credentials with all scopes."""
        root = self._deployment.root
        return {"clientId": root.client_id, "accessToken": root.access_token}

    @property
    def calls(self) -> Sequence[Answered]:
        """The calls answered so far, oldest first (the last hundred thousand)."""
        return tuple(self._server.calls)

    @property
    def most_connections(self) -> int:
        """The highest number of simultaneous connections so far."""
        return self._server.most_connections

    def credentials(self, *scopes: str) -> dict[str, str]:
        """Credentials of a new client with these scopes (and those of anonymous callers)."""

        def make() -> dict[str, str]:
            (number,) = self._store.one("select count(*) from client") or (0,)
            client_id = f"static/relpro/client-{number}"
            token = self._deployment.new_id() + self._deployment.new_id()
            client = Client(client_id, token, scopes, FAR_FUTURE)
            add_client(self._store, client, "made for a test", self.clock.now())
            self._deployment.forget_scopes()
            return {"clientId": client_id, "accessToken": token}

        return self._run(make)

    def options(self, *scopes: str) -> dict[str, Any]:
        """Options for a client with these scopes; by default, with all."""
        credentials = self.credentials(*scopes) if scopes else self.root_credentials
        return {"rootUrl": self.root_url, "credentials": credentials}

    def environment(self, *scopes: str) -> dict[str, str]:
        """The environment variables that give a child process the services and its credentials."""
        credentials = self.options(*scopes)["credentials"]
        return {
            "TASKCLUSTER_ROOT_URL": self.root_url,
            "TASKCLUSTER_CLIENT_ID": credentials["clientId"],
            "TASKCLUSTER_ACCESS_TOKEN": credentials["accessToken"],
        }

    def task(self, task_id: str) -> dict[str, Any]:
        """A definition as the queue stores it; raises `ApiError`."""
        return self._run(lambda: get_task(self._store, task_id).body)

    def status(self, task_id: str) -> dict[str, Any]:
        """A status; raises `ApiError`."""
        return self._run(lambda: get_task(self._store, task_id).status())

    def tasks(self, task_group_id: str = "") -> dict[str, dict[str, Any]]:
        """Definitions by task id, in order of creation: of one group, or all."""
        return {record.task_id: record.body for record in self._records(task_group_id)}

    def statuses(self, task_group_id: str = "") -> dict[str, dict[str, Any]]:
        """Statuses by task id, in order of creation: of one group, or all."""
        return {record.task_id: record.status() for record in self._records(task_group_id)}

    def states(self, task_group_id: str = "") -> dict[str, str]:
        """States by task id, in order of creation: of one group, or all."""
        rows = self._run(lambda: states_of(self._store, task_group_id))
        return dict(rows)

    def indexed(self, namespace: str) -> Json | None:
        """The index's entry at a namespace, if there is one."""

        def find() -> Json | None:
            entry = find_indexed(self._store, namespace, self.clock.now())
            return entry.to_json() if entry else None

        return self._run(find)

    def content(self, task_id: str, name: str, run_id: int = 0) -> bytes | None:
        """The bytes uploaded as an artifact, if there are any."""
        sql = "select body from content where task_id = ? and run_id = ? and name = ?"
        row = self._run(lambda: self._store.one(sql, task_id, run_id, name))
        return row[0] if row else None

    def complete_pending(
        self,
        task_queue_id: str = "",
        *,
        outcome: Outcome = complete,
        artifacts: Mapping[str, bytes] | None = None,
    ) -> list[str]:
        """Run every pending task, of one queue or all; returns their ids, in order.

        `outcome` takes task id and definition and returns `completed`, `failed` or the reason of an
        exception; `artifacts` are uploaded for each task.
        """
        made = artifacts or {}
        return self._run(lambda: work_off(self._deployment, task_queue_id, outcome, made))

    def complete_all(self, *, outcome: Outcome = complete) -> list[str]:
        """Run pending tasks, and their dependents, until nothing is pending."""
        done: list[str] = []
        while wave := self.complete_pending(outcome=outcome):
            done += wave
        return done

    def _records(self, task_group_id: str) -> list[TaskRecord]:
        if task_group_id:
            condition, values = "task_group_id = ? order by rowid", (task_group_id,)
            return self._run(lambda: select_tasks(self._store, condition, *values))
        return self._run(lambda: select_tasks(self._store, "1 order by rowid"))

    def _run(self, action: Callable[[], Result]) -> Result:
        """Run a function on the server's thread, after events that are due; returns its result."""

        async def act() -> Result:
            perform_due(self._deployment)
            with self._deployment.transaction():
                return action()

        return asyncio.run_coroutine_threadsafe(act(), self._loop).result()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._listen())
        except OSError as error:
            self._ready.set_exception(self._taken(error))

    def _taken(self, error: OSError) -> RelproError:
        what = f"port {self._port} of 127.0.0.1 cannot be used: {error.strerror}"
        return RelproError(Diagnostic("Q713", what, remedy="name another port, or 0 for any"))

    async def _listen(self) -> None:
        port = self._loop.create_future()
        port.add_done_callback(lambda done: self._ready.set_result(done.result()))
        await self._server.serve(self._port, port, self._stop)

    def _close(self) -> None:
        self._thread.join(timeout=30)
        self._loop.close()
        self._store.close()


def serve(
    port: int,
    path: str,
    *,
    settings: Settings | None = None,
    ready: Callable[[EmbeddedTaskcluster], None] = lambda _: None,
) -> None:
    """Serve until the process is interrupted; `ready` is called once calls are answered.

    Raises `RelproError` if port or file are in use.
    """
    with EmbeddedTaskcluster(path, port=port, settings=settings) as service:
        try:
            ready(service)
            threading.Event().wait()
        except KeyboardInterrupt:
            return
