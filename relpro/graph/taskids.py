"""Takes the id of the creating task and a label, gives the task id: always the same one."""

import base64
import hashlib
import re
from functools import lru_cache

#: What the id of a task or task group looks like (queue API, createTask).
TASK_ID = re.compile(r"[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]")


@lru_cache(1 << 16)  # of the graphs that a watching process makes again and again
def task_id(creator: str, label: str) -> str:
    """The id of the task `label` that the task with the id `creator` creates.

    A slug of 22 characters that the queue accepts as a version 4 UUID. It never starts with `-`, so
    it can be an argument on a command line. Two runs of one decision compute the same ids.
    """
    digest = bytearray(hashlib.sha256(f"{creator}\0{label}".encode()).digest()[:16])
    digest[0] &= 0x7F
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return base64.urlsafe_b64encode(digest)[:22].decode()
