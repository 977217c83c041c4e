"""Takes a task that has built an image, gives the image in parts: it is too large for memory."""

from collections.abc import Iterator
from urllib.parse import quote

import requests

from relpro.submit.connection import Connection
from relpro.workers.containers import no_image

#: Bytes of an image that are read at a time.
PART = 1 << 20

#: The timeout of a store, in seconds.
_PATIENCE = 60


def parts_of(connection: Connection, task_id: str, name: str) -> Iterator[bytes]:
    """The content of an artifact of a task's last run, in parts.

    Raises `RelproError`: O615 if it cannot be had, Q702 and Q703 if the queue cannot be reached.
    """
    path = f"/api/queue/v1/task/{task_id}/artifacts/{quote(name)}"
    answer = connection.call("GET", path)
    found = answer.json if answer.is_good else None
    if not isinstance(found, dict) or not isinstance(found.get("url"), str):
        raise no_image(f"task {task_id} has no `{name}`: {answer.message}")
    try:
        with requests.get(found["url"], stream=True, timeout=_PATIENCE) as content:
            content.raise_for_status()
            yield from content.iter_content(PART)
    except requests.RequestException as error:
        raise no_image(f"`{name}` of task {task_id} cannot be fetched: {error}") from None
