"""What a strategy gives: whether a task is made, is not needed, or has something in its place."""

import attrs


@attrs.frozen
class Keep:
    """The task is to be made."""

    cause: str


@attrs.frozen
class Remove:
    """The task is not needed."""

    cause: str


@attrs.frozen
class Replace:
    """The task `task_id` does as well."""

    cause: str
    task_id: str


Outcome = Keep | Remove | Replace
