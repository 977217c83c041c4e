"""The names in statements: files of tasks and of the storage, tests, and promotions.

task/ID/ARTIFACT       a file that a task made
object/BUCKET/KEY      a file that a task published
test/ID                that a task tested files
promotion/PHASE        that a phase of a release is over
"""

from typing import Final

TASK: Final = "task/"
OBJECT: Final = "object/"
PROMOTION: Final = "promotion/"


def of_artifact(task_id: str, artifact: str) -> str:
    """The name of a file made by a task."""
    return f"{TASK}{task_id}/{artifact}"


def of_object(place: str) -> str:
    """The name of a file in the storage; its place is bucket and key."""
    return f"{OBJECT}{place}"


def of_test(task_id: str) -> str:
    """The name of a test, by the task that ran it."""
    return f"test/{task_id}"


def of_promotion(phase: str) -> str:
    """The name of the promotion of a phase."""
    return f"{PROMOTION}{phase}"
