"""A task that does nothing, for the sake of its routes: the queue itself runs it.

Source: Taskcluster, worker type `built-in/succeed`.
"""

from relpro.model.task import TaskDescription
from relpro.stock.workers.payload import Payload
from relpro.transform.context import Context

SCHEMA: dict[str, object] = {}


def build(_ctx: Context, _description: TaskDescription) -> Payload:
    """An empty payload."""
    return Payload({}, worker_tag="")
