"""Takes a task that need not run, says whether it does: say here by what."""

from typing import Any

from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.optimize.outcome import Keep, Outcome


def __function__(_task: Task, _argument: Any, _parameters: Parameters) -> Outcome:
    """Keeps every task: say when one is left out."""
    return Keep("`__thing__` leaves nothing out")
