"""Takes a path as people write it, gives its parts, and finds the value, in either spelling.

People may ask for `payload.maxRunTime`, as the queue calls it, or for `worker.max-run-time`.
"""

import json
import re
from collections.abc import Mapping

from relpro.graph.difference.changes import MISSING, Found, Path
from relpro.model.task import Draft, Task, TaskDescription

_PART = re.compile(r"""\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.\[]+)""")
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")

#: Keys of the queue -> fields of a description, if the names differ.
_FIELDS: Mapping[Path, Path] = {
    ("payload",): ("worker",),
    ("metadata", "name"): ("label",),
    ("metadata", "description"): ("description",),
    ("deadline",): ("deadline_after",),
    ("expires",): ("expires_after",),
    ("projectId",): ("project_id",),
    ("provisionerId",): ("worker_type",),
    ("workerType",): ("worker_type",),
    ("extra", "treeherder", "symbol"): ("treeherder", "symbol"),
    ("extra", "treeherder", "groupSymbol"): ("treeherder", "symbol"),
    ("extra", "treeherder", "groupName"): ("treeherder", "symbol"),
    ("extra", "treeherder", "machine"): ("treeherder", "platform"),
    ("extra", "treeherder", "collection"): ("treeherder", "platform"),
    ("extra", "treeherder", "jobKind"): ("treeherder", "kind"),
    ("extra", "treeherder", "tier"): ("treeherder", "tier"),
}
#: Fields that are named as a whole, even for a part of their value.
_WHOLE = frozenset({("treeherder", "platform")})


def parse_path(text: str) -> Path:
    """The parts of a path: `payload.artifacts[0]["public/a.zip"].name`."""
    parts: list[str | int] = []
    for index, quoted, plain in _PART.findall(text):
        parts.append(int(index) if index else json.loads(quoted) if quoted else plain)
    return tuple(parts[1:] if parts[:1] == ["task"] and len(parts) > 1 else parts)


def spelling(key: str | int) -> str:
    """A key in a normal form: `maxRunTime`, `max-run-time`, `max_run_time` are the same."""
    return _HUMP.sub(r"-\1", str(key)).lower().replace("_", "-")


def look_up(value: object, path: Path) -> Found:
    """The value at `path` inside `value`, in any spelling; `MISSING` if there is none."""
    for part in path:
        value = _inside(value, part)
        if value is MISSING:
            return MISSING
    return value


def _inside(value: object, part: str | int) -> Found:
    if isinstance(value, Mapping):
        if part in value:
            return value[part]
        wanted = spelling(part)
        return next((item for key, item in value.items() if spelling(key) == wanted), MISSING)
    if isinstance(value, list | tuple) and str(part).isdecimal():
        return value[int(part)] if int(part) < len(value) else MISSING
    return MISSING


def nearest_inside(task: Task, path: Path) -> tuple[Path, tuple[str, ...]]:
    """The longest prefix of a path that exists in a task, and the keys at its end."""
    for length in range(len(path) - 1, -1, -1):
        found = in_task(task, path[:length]) if length else task.definition
        if isinstance(found, Mapping):
            return path[:length], tuple(map(str, found))
    return (), ()


def in_task(task: Task, path: Path) -> Found:
    """The value at `path` of a task: in its body, else beside it."""
    found = look_up(task.definition, path)
    return look_up(task.to_json(), path) if found is MISSING else found


def description_path(path: Path) -> Path:
    """The path in a description that corresponds to the queue's `path`."""
    for queue, field in _FIELDS.items():
        if path[: len(queue)] == queue:
            return field if field in _WHOLE else (*field, *path[len(queue) :])
    return path


def in_draft(draft: Draft, path: Path) -> Found:
    """The value at a path of a description; a draft has only attributes and dependencies."""
    name, *rest = path
    if name == "attributes":
        return look_up(draft.attributes, tuple(rest))
    if name == "dependencies":
        return look_up({key: task.label for key, task in draft.upstream.items()}, tuple(rest))
    return MISSING


def in_description(description: TaskDescription, path: Path) -> Found:
    """The value at a path of a description, among its fields or its sections."""
    field, *rest = path
    name = spelling(field).replace("-", "_")
    if name == "dependencies":
        upstream = {key: task.label for key, task in description.upstream.items()}
        return look_up({**upstream, **description.dependencies}, tuple(rest))
    if name in description.__dict__:
        return look_up(getattr(description, name), tuple(rest))
    return look_up(description.sections, path)
