"""A task group with sign-off gates, on a Taskcluster that the environment names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from relpro.embedded import EmbeddedTaskcluster
from relpro.submit.submission import submit
from tests.submit.graphs import METADATA, changed, create_creator, now_of, queue_of, tasks

EDGES = {
    "build-linux": [],
    "build-win": [],
    "signoff-push-releng": [],
    "signoff-push-relman": [],
    "beetmover-linux": ["build-linux", "signoff-push-releng", "signoff-push-relman"],
    "beetmover-win": ["build-win", "signoff-push-releng"],
    "notify": ["beetmover-linux", "beetmover-win"],
}
#: The folder of each kind. One kind has the gates of all phases.
PHASES = {"build": "build", "signoff": "build", "beetmover": "push", "notify": "ship"}


def submit_release(
    service: EmbeddedTaskcluster, more: Mapping[str, list[str]] = MappingProxyType({})
) -> dict[str, str]:
    """Create the group, and what else is named; gives label -> task id."""
    create_creator(service)
    queue = queue_of(service)
    intended = [_like_a_release(task) for task in tasks({**EDGES, **more})]
    return dict(submit(queue, intended, now=now_of(service)).created)


def _like_a_release(task: Any) -> Any:
    source = f"https://hg.example.com/repo/file/abc/kinds/{PHASES[task.kind]}/{task.kind}.yml"
    fields: dict[str, Any] = {
        "tags": {"kind": task.kind, "label": task.label},
        "metadata": {**METADATA, "name": task.label, "source": source},
    }
    if task.kind == "signoff":
        role = task.label.rpartition("-")[2]
        fields |= {"projectId": f"signoff/{role}", "dependencies": [task.task_id]}
    return changed(task, **fields)


def use(monkeypatch: pytest.MonkeyPatch, service: EmbeddedTaskcluster, *scopes: str) -> None:
    """Let the environment name the service, and a client that has these scopes."""
    who = service.credentials(*scopes)
    monkeypatch.delenv("TASKCLUSTER_PROXY_URL", raising=False)
    monkeypatch.delenv("TASKCLUSTER_CERTIFICATE", raising=False)
    monkeypatch.setenv("TASKCLUSTER_ROOT_URL", service.root_url)
    monkeypatch.setenv("TASKCLUSTER_CLIENT_ID", who["clientId"])
    monkeypatch.setenv("TASKCLUSTER_ACCESS_TOKEN", who["accessToken"])
