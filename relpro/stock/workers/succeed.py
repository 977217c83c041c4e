"""A task that does nothing and completes at once, run by the queue itself.

It is used for its routes and dependencies. Source: Taskcluster, worker type `built-in/succeed`.
"""

from relpro.model.task import TaskDescription
from relpro.stock.workers.payload import Payload
from relpro.transform.context import Context

SCHEMA: dict[str, object] = {}


def build(_ctx: Context, _description: TaskDescription) -> Payload:
    """An empty payload."""
    return Payload({}, worker_tag="")
