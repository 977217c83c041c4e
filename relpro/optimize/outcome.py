"""The result of a strategy: a task is created, is not needed, or is replaced by another."""

import attrs


@attrs.frozen
class Keep:
    """The task is created."""

    cause: str


@attrs.frozen
class Remove:
    """The task is not needed."""

    cause: str


@attrs.frozen
class Replace:
    """The task is replaced by the existing task `task_id`."""

    cause: str
    task_id: str


Outcome = Keep | Remove | Replace
