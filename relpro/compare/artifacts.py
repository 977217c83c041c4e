"""Takes a graph file or a folder of decision artifacts, gives the graph and its task ids.

Artifacts of a decision task contain task ids, which differ from run to run, and dates.
`without_ids` replaces ids by labels, and dates by times relative to a task's creation.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import attrs
import orjson

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.graph.files import checked_tasks, graph_of
from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import TASK_ID, task_id
from relpro.load.whole import demand_complete
from relpro.model.task import Json
from relpro.pipeline import OFFLINE_CREATOR
from relpro.schemas.documents import LABELS
from relpro.target.existing import ASSUMED_CREATOR
from relpro.values.validators import seconds

#: Stage -> the artifact that holds its graph.
FILES: Mapping[str, str] = {
    "full": "full-task-graph.json",
    "optimized": "task-graph.json",
    "morphed": "task-graph.json",
}
_LABELS = "label-to-taskid.json"
_RELATIVE = "relative-datestamp"
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
#: A task id anywhere in a text: a slug of 22 characters.
_ID = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{21}[AQgw](?![\w-])")


@attrs.frozen
class Artifacts:
    """A graph from a file; `labels` maps the task ids in it to labels."""

    graph: TaskGraph
    labels: Mapping[str, str]


def holds_artifacts(folder: Path) -> bool:
    """Whether a folder contains the graph of a decision task."""
    return any((folder / name).is_file() for name in FILES.values())


def read_artifacts(folder: Path, stage: str) -> Artifacts:
    """The graph of a stage in a folder of artifacts. Raises `RelproError` (Q711, Q719, G308)."""
    demand_complete(folder)
    path = folder / FILES.get(stage, "")
    if not path.is_file():
        there = [stage for stage, name in FILES.items() if (folder / name).is_file()]
        what = f"`{folder}` has no graph of stage `{stage}`"
        remedy = f"it has: {', '.join(there)}"
        raise RelproError(Diagnostic("Q711", what, remedy=remedy))
    ids = _ids(folder / _LABELS) if (folder / _LABELS).is_file() else {}
    return read_graph(path, {task_id: label for label, task_id in ids.items()})


def read_graph(path: Path, labels: Mapping[str, str] | None = None) -> Artifacts:
    """The graph of a file, keyed by label or by task id. Raises `RelproError` (Q711, G308)."""
    return graph_by_labels(_json(path), str(path), labels or {})


def graph_by_labels(content: Json, name: str, labels: Mapping[str, str]) -> Artifacts:
    """The graph in the content of file `name`. Raises `RelproError` (G308)."""
    found = checked_tasks(content, name)
    known = {**labels, **dict(filter(None, map(_label, found, found.values())))}
    tasks = {known.get(key, key): _labelled(task, known) for key, task in found.items()}
    return Artifacts(graph_of(tasks, name), known)


def _ids(path: Path) -> Mapping[str, str]:
    """Label -> task id, of a file."""
    found: Mapping[str, str] = _json(path)
    if wrong := tuple(LABELS.misfits(found)):
        raise RelproError(*(_unread(path, why) for why in wrong))
    return found


def _json(path: Path) -> Json:
    try:
        found: Json = orjson.loads(path.read_bytes())
        orjson.dumps(found)  # content that is nested too deeply to be compared
    except (OSError, TypeError, orjson.JSONDecodeError) as error:
        what = f"`{path}` cannot be read as JSON: {error}"
        raise RelproError(Diagnostic("Q711", what, (Origin(str(path)),))) from None
    return found


def _unread(path: Path, why: str) -> Diagnostic:
    what = f"`{path}` cannot be read as labels with task ids: {why}"
    remedy = "take the folder as the decision task published it"
    return Diagnostic("Q711", what, (Origin(str(path)),), remedy=remedy)


def _label(key: str, task: Mapping[str, Json]) -> tuple[str, str] | None:
    """The label of a task whose key is its id."""
    label = task.get("label")
    return (key, label) if label is not None and label != key else None


def _labelled(task: Mapping[str, Json], labels: Mapping[str, str]) -> Mapping[str, Json]:
    """A task of a file whose dependencies are labels."""
    if not labels:
        return task
    needs = {name: labels.get(one, one) for name, one in task["dependencies"].items()}
    return {**task, "dependencies": needs}


def without_ids(graph: TaskGraph, labels: Mapping[str, str]) -> TaskGraph:
    """The graph with `<label>` for every task id, and dates relative to a task's creation."""
    return TaskGraph.of(
        attrs.evolve(task, definition=_body(task.definition, labels)) for task in graph
    )


def offline_labels(graph: TaskGraph) -> Mapping[str, str]:
    """Task id -> label, for a graph that was made offline."""
    labels = (*graph.labels, *sorted(graph.external))
    creators = (OFFLINE_CREATOR, ASSUMED_CREATOR)
    ids = {task_id(creator, label): label for creator in creators for label in labels}
    return {**ids, OFFLINE_CREATOR: "decision"}


def _body(body: Mapping[str, Json], labels: Mapping[str, str]) -> Mapping[str, Json]:
    parent = body.get("taskGroupId") or body.get("extra", {}).get("parent")
    names = {**labels, parent: "decision"} if parent else labels
    result = {**named(_undated(body), names)}
    result.pop("taskGroupId", None)
    if isinstance(result.get("dependencies"), list):
        # By their text: in a file they may contain references.
        result["dependencies"] = sorted(result["dependencies"], key=str)
    return result


def named(value: Json, labels: Mapping[str, str]) -> Json:
    """A value with `<label>` in place of each task id; `labels` maps ids to labels."""
    if isinstance(value, str):
        return _ID.sub(lambda match: _named_id(match[0], labels), value)
    if isinstance(value, Mapping):
        return {named(key, labels): named(item, labels) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [named(item, labels) for item in value]
    return value


def _named_id(text: str, labels: Mapping[str, str]) -> str:
    """The replacement of a text that looks like a task id.

    The text itself if it is another word.
    """
    if text in labels or TASK_ID.fullmatch(text):
        return f"<{labels.get(text, text)}>"
    return text


def _undated(body: Mapping[str, Json]) -> Mapping[str, Json]:
    """The body with each date replaced by the time since the task's creation."""
    created = body.get("created")
    start = datetime.fromisoformat(created) if isinstance(created, str) else None
    return {key: _relative(value, start) for key, value in body.items()}


def _relative(value: Json, start: datetime | None) -> Json:
    if isinstance(value, Mapping):
        if isinstance(passed := value.get(_RELATIVE), str) and seconds(passed) is not None:
            return {_RELATIVE: f"{seconds(passed)} seconds"}
        return {name: _relative(item, start) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_relative(item, start) for item in value]
    if start and isinstance(value, str) and (date := _date(value)):
        return {_RELATIVE: f"{round((date - start).total_seconds())} seconds"}
    return value


def _date(text: str) -> datetime | None:
    """The moment in a text in Taskcluster's date format."""
    with suppress(ValueError):
        return datetime.fromisoformat(text) if _DATE.fullmatch(text) else None
    return None
