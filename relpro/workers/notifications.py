"""Takes a task and its result, gives what the notify service would send.

Used to inspect a rehearsal, in which no worker runs tasks that only notify. Source: Taskcluster,
notify service, task notifications.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from relpro.stock.notify import ADDRESS_KEYS

_ROUTE = "notify."

#: Statuses in routes that match every result of a task, besides its own.
_ENDS = ("on-resolved", "on-transition")

#: Type of recipient -> the prefix of the keys of its message in `extra.notify`.
_MESSAGES = {"email": "email", "matrix-room": "matrix", "slack-channel": "slack"}


@attrs.frozen
class Notification:
    """A notification about the end of a task; `message` is the task's own text."""

    kind: str
    address: str
    state: str
    message: Mapping[str, Any]


def notifications(task: Mapping[str, Any], state: str) -> Iterator[Notification]:
    """The notifications for a task that is `completed`, `failed` or `exception`, by its routes.

    `task` is its definition. A route that the service cannot parse sends nothing.
    """
    said = task.get("extra", {}).get("notify", {})
    for route in task.get("routes", ()):
        if not route.startswith(_ROUTE):
            continue
        recipient, _, status = route.removeprefix(_ROUTE).rpartition(".")
        kind, _, address = recipient.partition(".")
        if address and kind in ADDRESS_KEYS and status in (f"on-{state}", *_ENDS):
            start = _MESSAGES.get(kind)
            message = {key: said[key] for key in said if start and key.startswith(start)}
            yield Notification(kind, address, state, message)
