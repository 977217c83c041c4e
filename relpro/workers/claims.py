"""Takes credentials and a queue, gives claimed tasks, and reports their results.

Source: the queue's API, claimWork, reclaimTask, reportCompleted, reportFailed, reportException.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import attrs
import orjson
import requests
import urllib3
from requests.adapters import HTTPAdapter

from relpro.errors import RelproError
from relpro.model.task import Json
from relpro.submit.access import Access, Credentials
from relpro.submit.connection import Answer, Connection
from relpro.submit.queue import Queue, refusal

_QUEUE = "/api/queue/v1"

#: The part of its time after which a claim is renewed.
_RENEWED_AFTER = 0.5

#: The queue's answers if a claim and its credentials have expired, and if the task is resolved, for
#: example cancelled.
_GONE = (401, 409)


#: An upload that is cut or meets an overloaded store is repeated for most of a minute: it ends with
#: the same content.
_AGAIN = urllib3.Retry(
    9, backoff_factor=0.1, allowed_methods=("PUT",), status_forcelist=(500, 502, 503, 504)
)


def _store() -> requests.Session:
    made = requests.Session()
    for scheme in ("http://", "https://"):
        made.mount(scheme, HTTPAdapter(max_retries=_AGAIN))
    return made


@attrs.frozen
class Seat:
    """A worker's identity: the queue from which it takes tasks, and its name.

    `store` are its connections to where artifacts are uploaded, which it uses one after the other.
    """

    connection: Connection
    task_queue_id: str
    worker_group: str = "local"
    worker_id: str = "relpro"
    store: requests.Session = attrs.field(factory=_store, init=False, repr=False)

    def claim(self, most: int = 1) -> list["Claim"]:
        """Claim up to `most` tasks; waits as long as the queue does if there are none.

        Raises `RelproError` if the queue refuses or cannot be reached.
        """
        body = {"workerGroup": self.worker_group, "workerId": self.worker_id, "tasks": most}
        path = f"{_QUEUE}/claim-work/{quote(self.task_queue_id)}"
        answer = self.connection.call("POST", path, orjson.dumps(body))
        given = _understood(answer, f"a task of queue `{self.task_queue_id}`")
        return [Claim(self, one) for one in given["tasks"]]


class Claim:
    """A claimed run of a task, until the claim ends or is lost.

    `task` is the definition, `task_id` and `run_id` identify the run. `connection` uses the
    credentials of the task, which change whenever the claim is renewed.
    """

    def __init__(self, seat: Seat, given: Mapping[str, Any]) -> None:
        """Wrap a task from claimWork."""
        self.seat = seat
        self.task: Mapping[str, Any] = given["task"]
        self.task_id: str = given["status"]["taskId"]
        self.run_id: int = given["runId"]
        self._take(given)

    def _take(self, given: Mapping[str, Any]) -> None:
        """Use the credentials and the end of the claim from the queue."""
        self._credentials: Mapping[str, str] = given["credentials"]
        self._until = _seconds(given["takenUntil"])
        self._connection = Connection(self.access)

    @property
    def access(self) -> Access:
        """The task's access to its queue, at this moment."""
        held = self._credentials
        who = Credentials(held["clientId"], held["accessToken"], held.get("certificate", ""))
        return Access(self.seat.connection.access.root_url, who)

    @property
    def connection(self) -> Connection:
        """A connection to the queue that calls as the task."""
        return self._connection

    @property
    def queue(self) -> Queue:
        """The queue, called as the task."""
        return Queue(self.connection)

    @property
    def path(self) -> str:
        """The path of this run in the queue's API."""
        return f"{_QUEUE}/task/{self.task_id}/runs/{self.run_id}"

    def call(
        self, verb: str, path: str, what: str, body: Mapping[str, object] | None = None
    ) -> Json:
        """The JSON answer to a call below the run's path. Raises `RelproError`."""
        sent = None if body is None else orjson.dumps(body)
        return _understood(self.connection.call(verb, f"{self.path}{path}", sent), what)

    def renew(self) -> bool:
        """Renew the claim; False if it is lost. Raises `RelproError`."""
        answer = self.connection.call("POST", f"{self.path}/reclaim")
        if answer.status in _GONE:
            return False
        self._take(_understood(answer, f"the claim of task {self.task_id}"))
        return True

    def kept(self, lost: Callable[[], object]) -> "Keeper":
        """Keep the claim during the context; `lost` is called if it is lost."""
        return Keeper(self, lost)

    def seconds_to_renewal(self) -> float:
        """Seconds until the claim must be renewed."""
        return max((self._until - time.time()) * _RENEWED_AFTER, 0.05)

    def report(self, outcome: str) -> bool:
        """Resolve the run: `completed`, `failed`, or the reason of an exception.

        False if the claim is lost: the queue has resolved the run otherwise. Raises `RelproError`.
        """
        body = None
        if outcome not in {"completed", "failed"}:
            outcome, body = "exception", orjson.dumps({"reason": outcome})
        answer = self.connection.call("POST", f"{self.path}/{outcome}", body)
        if answer.status in _GONE:
            return False
        _understood(answer, f"the outcome of task {self.task_id}")
        return True


class Keeper:
    """Renews a claim in a thread during its context."""

    def __init__(self, claim: Claim, lost: Callable[[], object]) -> None:
        """Keep a claim; `lost` is called if it is lost."""
        self._claim, self._lost = claim, lost
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="claim", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(self._claim.seconds_to_renewal()):
            try:
                kept = self._claim.renew()
            except RelproError:
                kept = False  # the queue cannot be reached any more: it will give the run to others
            if not kept:
                self._lost()
                return


def _understood(answer: Answer, what: str) -> Json:
    if not answer.is_good:
        raise refusal(answer, what)
    return answer.json


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).astimezone(UTC).timestamp()
