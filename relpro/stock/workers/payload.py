"""What a payload builder is, and what it gives."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from relpro.model.task import Json, TaskDescription
from relpro.transform.context import Context


@attrs.frozen
class Payload:
    """What a worker implementation adds to a task body.

    `artifacts` are the names the task will publish, one that ends in `/` being a folder.
    `dependencies` are names -> labels of tasks that the worker itself needs; `extra` goes into the
    body's `extra`. `worker_tag` is the tag by which Chain of Trust knows the worker: `docker-worker`,
    `generic-worker`, `scriptworker`, or empty for what it never sees.
    """

    payload: Mapping[str, Json]
    worker_tag: str = "scriptworker"
    scopes: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    dependencies: Mapping[str, str] = attrs.field(factory=dict)
    extra: Mapping[str, Json] = attrs.field(factory=dict)


#: Makes the payload of one task. Raises `Refusal` for what cannot be.
Build = Callable[[Context, TaskDescription], Payload]


@attrs.frozen(eq=False)
class Implementation:
    """A worker implementation: the schema of an entry's `worker`, and the builder that reads it."""

    schema: Mapping[Any, Any]
    build: Build
