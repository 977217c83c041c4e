"""Takes calls of the queue and of auth, gives their answers or a readable error."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import orjson

from relpro.errors import Diagnostic, Refused, RelproError, Unreachable
from relpro.schemas.documents import (
    CREATED,
    DEFINITION,
    DEFINITIONS,
    GROUP,
    MEMBERS,
    SCOPES,
    STATUS,
    STATUSES,
)
from relpro.schemas.shape import Shape
from relpro.submit.access import is_on_the_web
from relpro.submit.connection import Answer, Connection
from relpro.submit.group import CHECK_ID
from relpro.submit.scopes import Scopes

#: The most tasks in one call, and the most entries of one page (queue API).
PAGE = 1000

#: The most pages of one answer: a task group cannot hold more tasks than a hundredth of that.
MOST_PAGES = 10_000

#: The most pages that are requested at the same time.
_PAGES = 10

_QUEUE = "/api/queue/v1"

Json = Mapping[str, Any]


class Queue:
    """The calls that relpro makes. All are repeatable, so an outage loses none.

    They raise `Unreachable` if Taskcluster does not answer (Q702) or does not accept the
    credentials (Q703), `Refused` if scopes are missing (Q704) or the call is refused (Q701), and
    `RelproError` (Q712) for unknown tasks and groups.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def create_task(self, task_id: str, body: bytes) -> Answer:
        """Create a task from its body in JSON; a refusal (4xx) is returned, too.

        Raises `Unreachable` (Q702) for a successful answer that does not name the task: it comes
        from a proxy that requires a login, or another service, and nothing was created.
        """
        answer = self.connection.call("PUT", f"{_QUEUE}/task/{task_id}", body)
        if answer.is_good:
            found = self.understood(answer, f"task `{task_id}`", CREATED)
            self._demand(answer, found["status"]["taskId"], task_id)
        return answer

    def definition(self, task_id: str) -> Json:
        """A task's definition, with the fields that the queue filled in."""
        return self._ask("GET", f"{_QUEUE}/task/{task_id}", f"task `{task_id}`", DEFINITION)

    def status(self, task_id: str) -> Json:
        """A task's status."""
        return self._status("GET", task_id, "status")

    def definitions(self, task_ids: Sequence[str]) -> dict[str, Json]:
        """Task id -> definition, for existing tasks."""
        entries = self._each(task_ids, f"{_QUEUE}/tasks", "tasks", DEFINITIONS)
        return {entry["taskId"]: entry["task"] for entry in entries}

    def statuses(self, task_ids: Sequence[str]) -> dict[str, Json]:
        """Task id -> status, for existing tasks."""
        entries = self._each(task_ids, f"{_QUEUE}/tasks/status", "statuses", STATUSES)
        return {entry["taskId"]: entry["status"] for entry in entries}

    def group_members(self, group: str) -> Iterator[Json]:
        """The tasks of a group, `{"task": definition, "status": status}` each."""
        path = f"{_QUEUE}/task-group/{group}/list"
        yield from self.pages("GET", path, f"task group `{group}`", "tasks", MEMBERS)

    def group_exists(self, group: str) -> bool:
        """Whether a task was ever created in this group."""
        answer = self.connection.call("GET", f"{_QUEUE}/task-group/{group}")
        if answer.status == 404:
            return False
        found = self.understood(answer, f"task group `{group}`", GROUP)
        self._demand(answer, found["taskGroupId"], group)
        return True

    def schedule_task(self, task_id: str) -> Json:
        """Make a task pending, whatever its dependencies; returns its status."""
        return self._status("POST", task_id, "schedule")

    def rerun_task(self, task_id: str) -> Json:
        """Give a task another run; returns its status."""
        return self._status("POST", task_id, "rerun")

    def cancel_task(self, task_id: str) -> Json:
        """Cancel a task; returns its status."""
        return self._status("POST", task_id, "cancel")

    def artifact(self, task_id: str, name: str) -> bytes:
        """The content of an artifact of a task's last run. Raises `RelproError` (Q706) too."""
        what = f"artifact `{name}` of task `{task_id}`"
        path = f"{_QUEUE}/task/{task_id}/artifacts/{quote(name)}"
        answer = self.connection.call("GET", path)
        if answer.is_good and (url := _elsewhere(answer.json)):
            if not is_on_the_web(url):
                raise self._stranger(answer)
            answer = self.connection.fetch(url)
        if answer.status in {404, 424}:
            raise RelproError(Diagnostic("Q706", f"{what} cannot be had", why=answer.message))
        if not answer.is_good:
            raise refusal(answer, what)
        if answer.status != 200:  # incomplete content, or a page of another service
            raise self._stranger(answer)
        return answer.content

    def current_scopes(self) -> Scopes:
        """The caller's scopes, with roles expanded (auth API, currentScopes)."""
        found = self._ask("GET", "/api/auth/v1/scopes/current", "the caller's scopes", SCOPES)
        return Scopes(found["scopes"])

    def understood(self, answer: Answer, what: str, shape: Shape) -> Json:
        """The JSON of an answer about `what` that fits the schema; raises for anything else."""
        if not answer.is_good:
            raise refusal(answer, what)
        found: Json = answer.json
        for wrong in shape.misfits(found, "answer"):
            raise self._stranger(answer, f"asked for {what}; {wrong}")
        return found

    def _stranger(self, answer: Answer, why: str = "") -> RelproError:
        """The error for an answer of another service, or of a proxy that requires a login."""
        url = self.connection.access.root_url
        told = f"{url} is not a Taskcluster: it answers with HTTP {answer.status}, not as one would"
        remedy = "see that the address is right"
        return Unreachable(Diagnostic("Q702", told, why=why, remedy=remedy))

    def _demand(self, answer: Answer, found: str, asked: str) -> None:
        if found != asked:
            raise self._stranger(answer, f"asked for `{asked}`; it is of `{found}`")

    def _status(self, verb: str, task_id: str, call: str) -> Json:
        """The status in the answer to a call about a task."""
        answer = self.connection.call(verb, f"{_QUEUE}/task/{task_id}/{call}")
        status: Json = self.understood(answer, f"task `{task_id}`", STATUS)["status"]
        self._demand(answer, status["taskId"], task_id)
        return status

    def _ask(
        self, verb: str, path: str, what: str, shape: Shape, body: bytes | None = None
    ) -> Json:
        return self.understood(self.connection.call(verb, path, body), what, shape)

    def _each(self, task_ids: Sequence[str], path: str, name: str, page: Shape) -> Iterator[Json]:
        def ask(start: int) -> list[Json]:
            body = orjson.dumps({"taskIds": task_ids[start : start + PAGE]})
            return list(self.pages("POST", path, "the tasks of this submission", name, page, body))

        starts = range(0, len(task_ids), PAGE)
        with ThreadPoolExecutor(min(_PAGES, max(1, len(starts)))) as threads:
            for entries in threads.map(ask, starts):
                yield from entries

    def pages(
        self,
        verb: str,
        path: str,
        what: str,
        name: str,
        shape: Shape,
        body: bytes | None = None,
    ) -> Iterator[Json]:
        """The entries `name` of every page of an answer about `what` that fits the schema."""
        token = ""
        for _ in range(MOST_PAGES):
            page = self._ask(verb, path + token, what, shape, body)
            yield from page[name]
            if not page.get("continuationToken"):
                return
            token = f"?continuationToken={quote(page['continuationToken'], safe='')}"
        url = self.connection.access.root_url
        told = f"{url} answers without end, for {what}: more than {MOST_PAGES:,} pages"
        raise Unreachable(Diagnostic("Q702", told, remedy="see that the address is right"))


def _elsewhere(found: object) -> str:
    """The URL to which the queue redirects for an artifact; else empty."""
    url = found.get("url") if isinstance(found, dict) else None
    return url if isinstance(url, str) else ""


def refusal(answer: Answer, what: str) -> RelproError:
    """The error for a refused call about `what`."""
    said = answer.message
    if answer.status == 401:
        remedy = "sign in again: they may be mistyped or have expired"
        if "timestamp" in said:
            remedy = "set the clock of this machine: calls are signed with the time"
        told = f"the Taskcluster credentials are refused, for {what}"
        return Unreachable(Diagnostic("Q703", told, why=said, remedy=remedy))
    if answer.status == 403:
        remedy = "sign in as somebody who has them"
        told = f"the caller may not do this with {what}"
        return Refused(Diagnostic("Q704", told, why=said, remedy=remedy))
    if answer.status == 404:
        return RelproError(
            Diagnostic("Q712", f"Taskcluster does not know {what}", why=said, remedy=CHECK_ID)
        )
    return Refused(Diagnostic("Q701", f"Taskcluster refuses {what}", why=said))
