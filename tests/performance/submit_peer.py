"""Takes the address of a queue and a number of tasks, submits them with taskgraph.

`python -m tests.performance.submit_peer URL TASKS`, in the peer's environment, prints the seconds
from graph to last answer. As in a decision task, requests go to a proxy and are not signed.
"""

import os
import sys
import time
from typing import Any

from tests.performance.layers import DECISION, bodies


def main(url: str, tasks: int) -> float:
    """Seconds of the submission."""
    os.environ.update(TASKCLUSTER_PROXY_URL=url, TASKCLUSTER_ROOT_URL=url)
    from taskgraph.create import create_tasks  # type: ignore[import-not-found]

    graph, ids = _graph(tasks)
    start = time.perf_counter()
    create_tasks({"trust-domain": "synth"}, graph, ids, {"level": "3"}, DECISION)
    return time.perf_counter() - start


def _graph(tasks: int) -> tuple[Any, dict[str, str]]:
    from taskgraph.graph import Graph  # type: ignore[import-not-found]
    from taskgraph.task import Task  # type: ignore[import-not-found]
    from taskgraph.taskgraph import TaskGraph  # type: ignore[import-not-found]

    found: dict[str, Any] = {}
    edges: set[tuple[str, str, str]] = set()
    ids: dict[str, str] = {}
    for label, task_id, needs, body in bodies(tasks):
        found[task_id] = Task(kind="layer", label=label, attributes={}, task=body)
        found[task_id].task_id = ids[label] = task_id
        edges.update((task_id, need, "layer") for need in needs)
    return TaskGraph(found, Graph(frozenset(found), edges)), ids


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1], int(sys.argv[2]))}\n")
