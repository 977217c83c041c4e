"""Takes a connection to Taskcluster, gives what its queue and index know."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

import attrs
import orjson

from relpro.errors import RelproError
from relpro.optimize.found import Found
from relpro.plan.records import Definition, Status, missing_artifact, unknown_task
from relpro.schemas.documents import FOUND, INDEXED
from relpro.submit.queue import PAGE, Queue

_INDEX = "/api/index/v1"


@attrs.frozen
class RemoteTaskcluster:
    """The records of a Taskcluster, requested when needed.

    A task in the index can be used if it is completed and does not expire before `needed_until`.
    Tasks that an earlier run of `creator`, the task that runs this, has used are used again.
    """

    queue: Queue
    needed_until: datetime
    creator: str = ""

    @classmethod
    def at(cls, queue: Queue, now: datetime, creator: str = "") -> "RemoteTaskcluster":
        """Records for tasks that are created `now` and run within five days, like all tasks."""
        return cls(queue, now + timedelta(days=5), creator)

    def artifact(self, task_id: str, name: str) -> bytes:
        """The content of an artifact of the latest run; raises Q706."""
        try:
            return self.queue.artifact(task_id, name)
        except RelproError as error:
            if error.diagnostics[0].code not in {"Q706", "Q712", "Q701"}:
                raise
            if not self.statuses([task_id]):
                raise unknown_task(task_id, "the queue does not know it") from None
            raise missing_artifact(
                task_id,
                name,
                error.diagnostics[0].why or "it is not there",
                "it may have expired, or the task may have failed: use another graph",
            ) from None

    def find(self, path: str) -> str | None:
        """The id of the task at an index path, or None (index API, findTask)."""
        answer = self.queue.connection.call("GET", f"{_INDEX}/task/{quote(path)}")
        if answer.status == 404:
            return None
        return str(self.queue.understood(answer, f"index path `{path}`", FOUND)["taskId"])

    def find_all(self, paths: Collection[str]) -> Found:
        """The tasks there that are completed and last long enough (index API, findTasksAtIndex)."""
        found: dict[str, str] = {}
        every = sorted(paths)
        for start in range(0, len(every), PAGE):
            found.update(self._page(every[start : start + PAGE]))
        statuses = self.statuses(sorted(set(found.values())))
        faults = {one: self._fault(statuses.get(one)) for one in set(found.values())}
        lasting = {path: one for path, one in found.items() if not faults[one]}
        refused = {
            path: f"task {one}, {why}" for path, one in found.items() if (why := faults[one])
        }
        return Found(lasting, self._found_earlier(paths, found), refused)

    def _found_earlier(self, paths: Collection[str], found: Mapping[str, str]) -> Mapping[str, str]:
        """Index path -> task on which tasks of an earlier run depend.

        These tasks exist, whatever the index says now. The path is among the routes of the task
        (queue API, `index.` routes), unless another task inserted it: then only the index can tell,
        as long as the task is still `found` there.
        """
        if not self.creator or not self.queue.group_exists(self.creator):
            return {}
        members = tuple(self.queue.group_members(self.creator))
        own = {member["status"]["taskId"] for member in members}
        needs = {need for member in members for need in member["task"].get("dependencies", ())}
        needed = needs - own
        asked = {f"index.{path}": path for path in paths}
        routed = {
            asked[route]: task_id
            for task_id, task in self.queue.definitions(sorted(needed)).items()
            for route in task.get("routes", ())
            if route in asked
        }
        there = {path: one for path, one in found.items() if one in needed}
        return {**there, **routed}

    def _page(self, paths: list[str]) -> Mapping[str, str]:
        """Index path -> task, for one page of paths (index API, findTasksAtIndex)."""
        what, body = "the index paths of cached tasks", orjson.dumps({"indexes": paths})
        entries = self.queue.pages("POST", f"{_INDEX}/tasks/indexes", what, "tasks", INDEXED, body)
        return {entry["namespace"]: entry["taskId"] for entry in entries}

    def _fault(self, status: Status | None) -> str:
        """Why a task may not replace another; empty if it may."""
        if status is None:
            return "which the queue does not know"
        if status["state"] != "completed":
            return f"which is {status['state']}, not completed"
        if datetime.fromisoformat(status["expires"]) < self.needed_until:
            return f"which expires at {status['expires']}, before what needs it is done"
        return ""

    def group(self, task_group_id: str) -> Mapping[str, Status]:
        """The statuses of a group's tasks; empty if there is no such group."""
        if not self.queue.group_exists(task_group_id):
            return {}
        members = self.queue.group_members(task_group_id)
        return {one["status"]["taskId"]: one["status"] for one in members}

    def statuses(self, task_ids: Collection[str]) -> Mapping[str, Status]:
        """The statuses of tasks that the queue knows."""
        return self.queue.statuses(tuple(task_ids))

    def definitions(self, task_ids: Collection[str]) -> Mapping[str, Definition]:
        """The definitions of tasks that the queue knows."""
        return self.queue.definitions(tuple(task_ids))
