"""Submits tasks in a process that can be killed: `submitter.py FILE NOW-IN-SECONDS`.

The file holds the intended tasks, pickled; the environment says where Taskcluster is.
"""

import os
import pickle
import sys
from datetime import UTC, datetime
from pathlib import Path

from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.submit.queue import Queue
from relpro.submit.submission import submit


def main() -> None:
    """Print how many tasks existed and how many were created."""
    file, seconds = sys.argv[1:]
    intended = pickle.loads(Path(file).read_bytes())
    queue = Queue(Connection(Access.from_environment(os.environ)))
    done = submit(queue, intended, now=datetime.fromtimestamp(float(seconds), UTC))
    sys.stdout.write(f"{len(done.existing)} {len(done.created)}")


if __name__ == "__main__":
    main()
