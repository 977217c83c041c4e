"""Takes the address of a queue and a number of tasks, submits them with relpro.

`python -m tests.performance.submit_ours URL TASKS` prints the seconds from graph to last answer.
"""

import sys
import time
from datetime import UTC, datetime

from relpro.errors import Origin
from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.submit.intended import Intended
from relpro.submit.queue import Queue
from relpro.submit.submission import submit
from tests.performance.layers import DECISION, bodies


def intended(tasks: int) -> list[Intended]:
    """The tasks of the layered graph, as relpro is to have them."""
    positions: dict[str, int] = {}
    found = []
    for at, (label, task_id, needs, body) in enumerate(bodies(tasks)):
        positions[task_id] = at
        whole = {**body, "taskGroupId": DECISION, "dependencies": list(needs) or [DECISION]}
        places = tuple(positions[need] for need in needs)
        found.append(Intended(label, "layer", task_id, whole, places, Origin("layers")))
    return found


def main(url: str, tasks: int) -> float:
    """Seconds of the submission."""
    ready = intended(tasks)
    start = time.perf_counter()
    queue = Queue(Connection(Access.from_environment({"TASKCLUSTER_PROXY_URL": url})))
    submit(queue, ready, now=datetime.now(UTC))
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1], int(sys.argv[2]))}\n")
