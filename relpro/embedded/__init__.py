"""A Taskcluster for one machine: queue, index, hooks, secrets and auth over HTTP, in SQLite.

    with EmbeddedTaskcluster() as taskcluster_here:
        queue = taskcluster.Queue(taskcluster_here.options())

The clock can be moved (`clock.advance`) and faults can be switched on (`faults.add`). The state is
read directly (`states`, `tasks`, `calls`), and `complete_pending` replaces workers.
"""

from relpro.embedded.clock import Clock
from relpro.embedded.deployment import Settings
from relpro.embedded.errors import ApiError
from relpro.embedded.faults import Fault, Faults
from relpro.embedded.service import EmbeddedTaskcluster, serve
from relpro.embedded.worker import Worker

__all__ = [
    "EmbeddedTaskcluster",
    "Settings",
    "Clock",
    "Fault",
    "Faults",
    "Worker",
    "ApiError",
    "serve",
]
