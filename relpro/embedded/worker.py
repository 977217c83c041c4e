"""Takes credentials and a queue; gives a worker that claims and resolves tasks over HTTP."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import requests
import taskcluster

#: A claim: `task`, `status`, `runId`, `credentials` and so on (queue API, claimWork).
Claim = Mapping[str, Any]


@attrs.frozen
class Worker:
    """A worker of one queue, for tests; `credentials` need its claim-work and worker-id scopes."""

    root_url: str
    credentials: Mapping[str, str]
    task_queue_id: str
    worker_group: str = "relpro"
    worker_id: str = "worker"

    def claim(self, most: int = 32) -> list[Claim]:
        """Claim up to `most` tasks; waits as long as the queue does if there are none."""
        body = {"workerGroup": self.worker_group, "workerId": self.worker_id, "tasks": most}
        claims: list[Claim] = self._queue(self.credentials).claimWork(self.task_queue_id, body)[
            "tasks"
        ]
        return claims

    def upload(self, claim: Claim, name: str, body: bytes, content_type: str) -> None:
        """Create an artifact of a claimed run; raises errors of the client and of `requests`."""
        queue, (task_id, run_id) = self._queue(claim["credentials"]), _place(claim)
        made = queue.createArtifact(
            task_id,
            run_id,
            name,
            {
                "storageType": "s3",
                "contentType": content_type,
                "expires": claim["task"]["expires"],
            },
        )
        headers = {"Content-Type": content_type}
        requests.put(made["putUrl"], data=body, headers=headers, timeout=30).raise_for_status()

    def resolve(self, claim: Claim, outcome: str) -> None:
        """Report a claimed run as `completed`, `failed`, or with the reason of an exception."""
        queue, (task_id, run_id) = self._queue(claim["credentials"]), _place(claim)
        if outcome == "completed":
            queue.reportCompleted(task_id, run_id)
        elif outcome == "failed":
            queue.reportFailed(task_id, run_id)
        else:
            queue.reportException(task_id, run_id, {"reason": outcome})

    def work_loop(self, run: Callable[[Claim], str]) -> list[str]:
        """Claim and run tasks until the queue has none; returns the ids of the tasks."""
        done = []
        while claims := self.claim():
            for claim in claims:
                self.resolve(claim, run(claim))
                done.append(claim["status"]["taskId"])
        return done

    def _queue(self, credentials: Mapping[str, str]) -> Any:
        return taskcluster.Queue({"rootUrl": self.root_url, "credentials": dict(credentials)})


def _place(claim: Claim) -> tuple[str, int]:
    return claim["status"]["taskId"], claim["runId"]
