"""Graphs as morphing leaves them, and queues to submit them to."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
import orjson
import urllib3

from relpro.embedded import EmbeddedTaskcluster
from relpro.embedded.clock import to_text
from relpro.errors import Origin
from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id
from relpro.model.task import Task
from relpro.submit.access import Access, Credentials
from relpro.submit.connection import Connection
from relpro.submit.intended import Intended, intend
from relpro.submit.patience import Patience
from relpro.submit.queue import Queue

CREATOR = task_id("DecisionOfTheTestsAAAA", "decision")
GROUP = CREATOR

METADATA = {
    "name": "task",
    "description": "a task",
    "owner": "release@example.com",
    "source": "https://hg.example.com/repo/file/abc/kinds/build.yml",
}


def body(label: str, dependencies: Iterable[str], **changes: Any) -> dict[str, Any]:
    """A morphed body: complete, but for its task group; dates are relative."""
    return {
        "provisionerId": "prov",
        "workerType": "linux",
        "schedulerId": "relpro-level-3",
        "priority": "low",
        "created": {"relative-datestamp": "0 seconds"},
        "deadline": {"relative-datestamp": "1 day"},
        "expires": {"relative-datestamp": "1 year"},
        "dependencies": sorted(dependencies),
        "scopes": [],
        "routes": [],
        "payload": {
            "env": {"LABEL": label},
            "artifacts": [{"name": "a", "expires": {"relative-datestamp": "28 days"}}],
        },
        "metadata": {**METADATA, "name": label},
        **changes,
    }


def graph_of(
    edges: Mapping[str, Sequence[str]], **changes: Any
) -> tuple[TaskGraph, dict[str, str]]:
    """A morphed graph given as label -> labels, and its task ids; a kind ends at the first dash."""
    ids = {label: task_id(CREATOR, label) for label in edges}
    graph = TaskGraph.of(
        Task(
            label=label,
            kind=label.split("-")[0],
            name=label,
            description="",
            attributes={},
            dependencies={need: need for need in needs},
            definition=body(label, (ids[need] for need in needs), **changes),
            origin=Origin("kinds/build/build.yml", 3),
        )
        for label, needs in edges.items()
    )
    return graph, ids


def tasks(edges: Mapping[str, Sequence[str]], **changes: Any) -> tuple[Intended, ...]:
    """What is intended for a graph given as label -> labels."""
    graph, ids = graph_of(edges, **changes)
    return intend(graph, ids, group=GROUP, creator=CREATOR)


def changed(task: Intended, **fields: Any) -> Intended:
    """A task whose body has some other fields."""
    return attrs.evolve(task, body={**task.body, **fields})


def create_creator(service: EmbeddedTaskcluster) -> None:
    """Create the decision task, as whatever happened before would have."""
    dates = {
        name: to_text(service.clock.now() + days * 86_400_000)
        for name, days in (("created", 0), ("deadline", 1), ("expires", 365))
    }
    definition = {**body("decision", ()), **dates, "taskGroupId": GROUP}
    answer = queue_of(service).create_task(CREATOR, encoded(definition))
    assert answer.is_good, answer.message


def encoded(value: Any) -> bytes:
    """JSON as it is sent."""
    return orjson.dumps(value)


def now_of(service: EmbeddedTaskcluster) -> datetime:
    """The time of the services, which tests move."""
    return datetime.fromtimestamp(service.clock.now() / 1000, UTC)


class FastTime:
    """Time that passes only while somebody sleeps, and then at once."""

    def __init__(self) -> None:
        self.at = 0.0
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.at += seconds

    def monotonic(self) -> float:
        return self.at


def patient(time: FastTime | None = None, seconds: float = 400.0) -> Patience:
    """Patience that costs no time."""
    fast = time or FastTime()
    return Patience(seconds, fast.sleep, fast.monotonic, lambda: 0.5)


def queue_of(
    service: EmbeddedTaskcluster,
    *scopes: str,
    patience: Patience | None = None,
    timeout: float = 30,
) -> Queue:
    """A queue for a client with these scopes, or with all where none is named."""
    who = service.credentials(*scopes) if scopes else service.root_credentials
    access = Access(service.root_url, Credentials(who["clientId"], who["accessToken"]))
    within = urllib3.Timeout(connect=timeout, read=timeout)
    return Queue(Connection(access, patience or patient(), within))


def created(service: EmbeddedTaskcluster) -> list[str]:
    """The labels in the group, in the order of their creation, without the decision's."""
    members = service.tasks(GROUP)
    return [task["metadata"]["name"] for key, task in members.items() if key != CREATOR]


def layers(size: int) -> dict[str, list[str]]:
    """A graph of this many tasks in ten layers, each task needing two of the layer before."""
    width = size // 10
    return {
        f"layer{layer}-{number}": [
            f"layer{layer - 1}-{(number + step) % width}" for step in range(2) if layer
        ]
        for layer in range(10)
        for number in range(width)
    }
