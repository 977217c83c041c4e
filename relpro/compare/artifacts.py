"""Takes a graph file or a folder of decision artifacts, gives a graph without ids or dates.

What a decision task publishes names tasks by ids that differ from run to run; labels do not.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import orjson

from relpro.errors import Diagnostic, RelproError
from relpro.graph.files import encode, read_json
from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Json

#: Stage -> the artifact that holds its graph.
FILES: Mapping[str, str] = {
    "full": "full-task-graph.json",
    "optimized": "task-graph.json",
    "morphed": "task-graph.json",
}
_LABELS = "label-to-taskid.json"
#: A task id anywhere in a text: a slug of 22 characters.
_ID = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{21}[AQgw](?![\w-])")
_DATES = ("created", "deadline", "expires")


def holds_artifacts(folder: Path) -> bool:
    """Whether a folder has the graph of a decision task."""
    return any((folder / name).is_file() for name in FILES.values())


def read_artifacts(folder: Path, stage: str) -> TaskGraph:
    """The graph of a stage in a folder of artifacts. Raises `RelproError` (Q711, G308)."""
    path = folder / FILES.get(stage, "")
    if not path.is_file():
        what = f"`{folder}` has no graph of stage `{stage}`"
        remedy = f"there is one of: {', '.join(s for s, n in FILES.items() if (folder / n).is_file())}"
        raise RelproError(Diagnostic("Q711", what, remedy=remedy))
    known = folder / _LABELS
    ids = orjson.loads(known.read_bytes()) if known.is_file() else {}
    return read_graph(path, {task_id: label for label, task_id in ids.items()})


def read_graph(path: Path, labels: Mapping[str, str] | None = None) -> TaskGraph:
    """The graph of a file, by label or by task id; `labels` are those of ids, where known."""
    content = path.read_bytes()
    if not content.lstrip().startswith(b"{"):
        return read_json(content, str(path))
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return read_json(content, str(path))
    by_id = {key: task["label"] for key, task in found.items() if _is_keyed_by_id(key, task)}
    if not by_id and not labels:
        return read_json(content, str(path))
    ids = {**(labels or {}), **by_id}
    tasks = {by_id.get(key, key): _named(task, ids) for key, task in found.items()}
    return read_json(encode(tasks), str(path))


def _is_keyed_by_id(key: str, task: Json) -> bool:
    return isinstance(task, dict) and isinstance(task.get("label"), str) and task["label"] != key


def _named(task: Json, labels: Mapping[str, str]) -> Json:
    """A task with `<label>` for every id in its body, and labels for its dependencies."""
    body = {**task["task"]}
    needs = {name: labels.get(one, one) for name, one in task["dependencies"].items()}
    if isinstance(body.get("dependencies"), list):
        body["dependencies"] = sorted(f"<{labels.get(one, one)}>" for one in body["dependencies"])
    parent = body.get("taskGroupId") or body.get("extra", {}).get("parent")
    names = {**labels, **({parent: "decision"} if parent else {})}
    return {**task, "dependencies": needs, "task": _replaced(_relative(body), names)}


def _replaced(value: Json, labels: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return _ID.sub(lambda match: f"<{labels.get(match[0], match[0])}>", value)
    if isinstance(value, Mapping):
        return {_replaced(key, labels): _replaced(item, labels) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, labels) for item in value]
    return value
