"""Takes the task that creates and a label, gives the task id: the same one every time."""

import base64
import hashlib
import re

#: What the id of a task or task group looks like (queue API, createTask).
TASK_ID = re.compile(r"[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]")


def task_id(creator: str, label: str) -> str:
    """The id under which task `creator` (an id as well) creates the task called `label`.

    A slug of 22 characters that the queue takes for a version 4 UUID, and that never starts with
    `-`, so that it can stand on a command line. Two runs of one decision find each other's tasks.
    """
    digest = bytearray(hashlib.sha256(f"{creator}\0{label}".encode()).digest()[:16])
    digest[0] &= 0x7F
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return base64.urlsafe_b64encode(digest)[:22].decode()
