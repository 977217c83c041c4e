"""Takes the artifacts that a scriptworker task reads, gives `payload.upstreamArtifacts`.

An item names its task by the name of a dependency. `type` is the task's type of link in Chain of
Trust: `build`, `signing`, `repackage`, ...
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.values import text

Item = Mapping[str, Any]

_KEYS = {"type": "taskType", "authenticode-comment": "authenticode_comment"}


def item_schema(**more: object) -> dict[object, object]:
    """The schema of one item; `more` adds optional keys, with underscores for dashes."""
    optional = {Optional(name.replace("_", "-")): schema for name, schema in more.items()}
    return {Required("task"): text, Required("type"): text, Required("paths"): [text], **optional}


def task_id(dependency: str) -> dict[str, str]:
    """A reference to the task id of a dependency."""
    return {"task-reference": f"<{dependency}>"}


def upstream_artifacts(items: Iterable[Item]) -> list[dict[str, Any]]:
    """The items in the form that scriptworker reads, in order; paths and formats are shared."""
    found = []
    for item in items:
        made: dict[str, Any] = {"taskId": task_id(item["task"])}
        for key, value in item.items():
            if key != "task":
                made[_KEYS.get(key, key)] = value
        found.append(made)
    return found


def published(path: str) -> str:
    """The artifact at `path`; for a pattern, the folder of its matches."""
    if "*" not in path:
        return path
    return path.partition("*")[0].rpartition("/")[0] + "/"


def every_path(items: Iterable[Item]) -> Iterator[str]:
    """All paths of all items, in order."""
    for item in items:
        yield from item["paths"]
