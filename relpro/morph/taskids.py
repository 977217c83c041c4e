"""Takes the task that creates and a label, gives the task id: the same one every time."""

from relpro.graph.taskids import task_id

__all__ = ["task_id"]
