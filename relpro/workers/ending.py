"""The result of a run, and the reasons to stop one."""

import attrs

#: Reasons for a halt. The first means that the claim is lost; the second is one of the queue's.
LOST, SHUTDOWN = "the claim is lost", "worker-shutdown"

#: The queue's reasons for exceptions that are not the task's fault. Source: queue, API.
INTERMITTENT, INTERNAL = "intermittent-task", "internal-error"


@attrs.frozen
class End:
    """The result of a run: `completed`, `failed`, or the reason of an exception.

    And why, in words; `is_late` if its time was over.
    """

    state: str
    why: str = ""
    is_late: bool = False


COMPLETED = End("completed")


def too_late(seconds: int) -> End:
    """The result of a run that exceeded its time."""
    return End("failed", f"the task took longer than {seconds} seconds", is_late=True)
