"""Takes credentials and a queue, gives tasks that are claimed, and reports how they ended.

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

from relpro.errors import RelproError
from relpro.submit.access import Access, Credentials
from relpro.submit.connection import Answer, Connection
from relpro.submit.queue import Queue, refusal

_QUEUE = "/api/queue/v1"

#: A claim is renewed when this part of its time is over.
_RENEWED_AFTER = 0.5

#: The queue's answers where a claim has ended, and its credentials with it, and where the task is
#: resolved: it was cancelled, say.
_GONE = (401, 409)


@attrs.frozen
class Seat:
    """Where a worker sits: the queue whose tasks it takes, and what it is called."""

    connection: Connection
    task_queue_id: str
    worker_group: str = "local"
    worker_id: str = "relpro"

    def claim(self, most: int = 1) -> list["Claim"]:
        """Claim up to `most` tasks; waits as long as the queue does where there is none.

        Raises `RelproError` where the queue refuses, or cannot be reached.
        """
        body = {"workerGroup": self.worker_group, "workerId": self.worker_id, "tasks": most}
        path = f"{_QUEUE}/claim-work/{quote(self.task_queue_id)}"
        answer = self.connection.call("POST", path, orjson.dumps(body))
        given = _understood(answer, f"a task of queue `{self.task_queue_id}`")
        return [Claim(self, one) for one in given["tasks"]]


class Claim:
    """A run of a task that is ours, until the claim ends or is lost.

    `task` is the definition, `task_id` and `run_id` name the run. `connection` calls with the
    credentials of the task, which change whenever the claim is renewed.
    """

    def __init__(self, seat: Seat, given: Mapping[str, Any]) -> None:
        """Take one of the tasks that claimWork gave."""
        self.seat = seat
        self.task: Mapping[str, Any] = given["task"]
        self.task_id: str = given["status"]["taskId"]
        self.run_id: int = given["runId"]
        self._take(given)

    def _take(self, given: Mapping[str, Any]) -> None:
        """Call with the credentials that the queue gave, as long as it says."""
        self._credentials: Mapping[str, str] = given["credentials"]
        self._until = _seconds(given["takenUntil"])
        self._connection = Connection(self.access)

    @property
    def access(self) -> Access:
        """Who the task is, at its queue, at this moment."""
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
        """Where the queue's API has this run."""
        return f"{_QUEUE}/task/{self.task_id}/runs/{self.run_id}"

    def call(self, verb: str, path: str, what: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON of a call below the run's path. Raises `RelproError`."""
        sent = None if body is None else orjson.dumps(body)
        return _understood(self.connection.call(verb, f"{self.path}{path}", sent), what)

    def renew(self) -> bool:
        """Keep the claim for some more time; False where it is lost. Raises `RelproError`."""
        answer = self.connection.call("POST", f"{self.path}/reclaim")
        if answer.status in _GONE:
            return False
        self._take(_understood(answer, f"the claim of task {self.task_id}"))
        return True

    def kept(self, lost: Callable[[], object]) -> "Keeper":
        """Keep the claim as long as the context lasts; `lost` is called once it is gone."""
        return Keeper(self, lost)

    def seconds_to_renewal(self) -> float:
        """How long the claim may stay as it is."""
        return max((self._until - time.time()) * _RENEWED_AFTER, 0.05)

    def report(self, outcome: str) -> bool:
        """Resolve the run: `completed`, `failed`, or the reason of an exception.

        False where the claim is lost: the queue has resolved it otherwise. Raises `RelproError`.
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
    """Renews a claim in a thread of its own while its context lasts."""

    def __init__(self, claim: Claim, lost: Callable[[], object]) -> None:
        """Take a claim, and what is to be called once it is lost."""
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
                kept = False  # it is not reached any more: others will get the task
            if not kept:
                self._lost()
                return


def _understood(answer: Answer, what: str) -> Any:
    if not answer.is_good:
        raise refusal(answer, what)
    return answer.json


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).astimezone(UTC).timestamp()
