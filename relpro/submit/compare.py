"""Takes the intended body and the existing definition of a task, gives their differences."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from relpro.errors import Diagnostic
from relpro.graph.files import encode
from relpro.model.counted import listed
from relpro.submit.dates import Dates, base_of
from relpro.submit.intended import Intended

#: Fields that the queue fills in (queue API, createTask).
_DEFAULTS: Mapping[str, Any] = {
    "schedulerId": "-",
    "projectId": "none",
    "requires": "all-completed",
    "priority": "lowest",
    "retries": 5,
    "dependencies": [],
    "routes": [],
    "scopes": [],
    "tags": {},
    "extra": {},
}

#: The most fields named in one message.
_NAMED = 20

#: Dates that every run of a decision counts from its own time.
_DATES = ("created", "deadline", "expires")


def differences(
    task_id: str, intended: Mapping[str, Any], existing: Mapping[str, Any]
) -> tuple[str, ...]:
    """The paths of all fields that differ, such as `payload.env.LOCALE`; none if they are equal.

    The task's own three dates, fields filled in by the queue and the order of dependencies are
    ignored. Other dates, such as those of artifacts, are counted from the creation of the existing
    task.
    """
    since = base_of(intended, existing["created"])
    meant = orjson.loads(Dates(since).resolve(encode(intended)))
    return tuple(_walk("", _normal(task_id, meant), _normal(task_id, existing)))


def difference(task: Intended, existing: Mapping[str, object]) -> Diagnostic | None:
    """The diagnostic (Q705) for an existing task that is not the intended one; None if it is."""
    fields = differences(task.task_id, task.body, existing)
    if not fields:
        return None
    differing = listed(fields, _NAMED)
    return Diagnostic(
        "Q705",
        f"task `{task.label}` exists with another definition: it differs in {differing}",
        (task.origin,),
        f"task id {task.task_id}",
        remedy="generate from what the first run had, or start from a new creating task",
    )


def _normal(task_id: str, body: Mapping[str, object]) -> dict[str, object]:
    filled = {**_DEFAULTS, "taskGroupId": task_id, **body}
    queue = filled.pop("taskQueueId", None)
    provisioner, worker = filled.pop("provisionerId", None), filled.pop("workerType", None)
    filled["taskQueueId"] = queue or f"{provisioner}/{worker}"
    filled["dependencies"] = sorted(filled["dependencies"])
    return {name: value for name, value in filled.items() if name not in _DATES}


def _walk(path: str, meant: object, found: object) -> Iterator[str]:
    if isinstance(meant, dict) and isinstance(found, dict):
        for key in sorted(meant.keys() | found.keys()):
            inner = f"{path}.{key}" if path else key
            if key not in meant or key not in found:
                yield inner
            else:
                yield from _walk(inner, meant[key], found[key])
    elif isinstance(meant, list) and isinstance(found, list) and len(meant) == len(found):
        for at, (one, other) in enumerate(zip(meant, found, strict=True)):
            yield from _walk(f"{path}[{at}]", one, other)
    elif meant != found or isinstance(meant, bool) != isinstance(found, bool):
        yield path
