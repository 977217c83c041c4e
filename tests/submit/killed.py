"""Submits a graph, as a process that a test kills: `killed.py ROOT_URL NOW-IN-SECONDS SIZE`."""

import os
import sys
from datetime import UTC, datetime

from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.submit.queue import Queue
from relpro.submit.submission import submit
from tests.submit.graphs import layers, tasks


def main() -> None:
    """Print how many tasks existed and how many were created."""
    root_url, seconds, size = sys.argv[1:]
    access = Access.from_environment({**os.environ, "TASKCLUSTER_ROOT_URL": root_url})
    now = datetime.fromtimestamp(float(seconds), UTC)
    done = submit(Queue(Connection(access)), tasks(layers(int(size))), now=now)
    sys.stdout.write(f"{len(done.existing)} {len(done.created)}")


if __name__ == "__main__":
    main()
