"""How a run ends, and the reasons for which one is made to end."""

import attrs

#: Reasons for a halt. With the first the claim is gone; the second is one of the queue's.
LOST, SHUTDOWN = "the claim is lost", "worker-shutdown"

#: The queue's reasons for exceptions that are not the task's fault. Source: queue, API.
INTERMITTENT, INTERNAL = "intermittent-task", "internal-error"


@attrs.frozen
class End:
    """How a run ends: `completed`, `failed`, or the reason of an exception; and why, in words."""

    state: str
    why: str = ""


COMPLETED = End("completed")


def too_late(seconds: int) -> End:
    """The end of a run that has used up its time."""
    return End("failed", f"the task took longer than {seconds} seconds")
