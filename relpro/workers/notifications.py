"""Takes a task and how it ended, gives what the notify service would send.

Whoever looks at a rehearsal asks this of each task: no worker runs the tasks that only notify.
Source: Taskcluster, notify service, task notifications.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from relpro.stock.notify import ADDRESS_KEYS

_ROUTE = "notify."

#: Statuses in routes that every end of a task has, beside its own.
_ENDS = ("on-resolved", "on-transition")

#: Type of recipient -> how the keys of its message begin in `extra.notify`.
_MESSAGES = {"email": "email", "matrix-room": "matrix", "slack-channel": "slack"}


@attrs.frozen
class Notification:
    """Somebody who is told that a task has ended; `message` is what the task says of it."""

    kind: str
    address: str
    state: str
    message: Mapping[str, Any]


def notifications(task: Mapping[str, Any], state: str) -> Iterator[Notification]:
    """What is sent once a task is `completed`, `failed` or an `exception`, in order of its routes.

    `task` is its definition. A route that the service cannot read sends nothing.
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
