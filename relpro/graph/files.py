"""Takes a graph, gives its file; takes a file, gives the graph. Each task is one line."""

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import orjson

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.place import NO_EFFECTS, UNTOLD, Effects
from relpro.model.task import Json, Task
from relpro.schemas.documents import GRAPH

#: Names, in order, and the JSON text of their values.
Texts = Iterable[tuple[str, bytes]]


def texts_of(graph: TaskGraph) -> Texts:
    """Each label with the text of its task, in alphabetical order."""
    return ((label, text_of(graph[label])) for label in sorted(graph.labels))


def text_of(task: Task) -> bytes:
    """A task as it stands in a graph file."""
    return encode(written(task))


def written(task: Task) -> dict[str, Json]:
    """A task as in a graph file: the keys of taskgraph, and its effects if it has any."""
    said, effects = task.to_json(), task.effects
    if effects is not UNTOLD:
        said["effects"] = {} if effects is NO_EFFECTS else effects.to_json()
    return said


def definition_in(text: bytes) -> dict[str, Json]:
    """The definition in the text of a task."""
    definition: dict[str, Json] = orjson.loads(text)["task"]
    return definition


def write_json(texts: Texts, file: BinaryIO) -> None:
    """Write names and the texts of their tasks as one JSON object, one task per line.

    The object is never in memory as a whole.
    """
    start = b"{\n"
    for name, text in texts:
        file.write(start + orjson.dumps(name) + b": " + text)
        start = b",\n"
    file.write(b"{\n}\n" if start == b"{\n" else b"\n}\n")


def encode(value: object) -> bytes:
    """Canonical JSON: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def read_json(content: bytes, name: str) -> TaskGraph:
    """The graph of a graph file; taskgraph's files are accepted, too.

    `name` is the file's, for messages. Artifacts of tasks are not in such a file. Raises
    `RelproError` (G308) for any other content.
    """
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _unreadable(name, f"it is not JSON: {error}") from None
    return graph_of(checked_tasks(found, name), name)


def checked_tasks(found: object, name: str) -> Mapping[str, Mapping[str, object]]:
    """The tasks of a graph file, by label or by task id. Raises `RelproError` (G308)."""
    if not isinstance(found, dict):
        raise _unreadable(name, "it is not a mapping of labels to tasks")
    if wrong := tuple(GRAPH.misfits(found)):
        raise _unreadable(name, *wrong)
    return found


def graph_of(tasks: Mapping[str, Mapping[str, object]], name: str) -> TaskGraph:
    """The graph of checked tasks, by label; `name` is the name of their file."""
    return TaskGraph.of(_task(label, value, name) for label, value in tasks.items())


def _task(label: str, value: Mapping[str, Any], name: str) -> Task:
    kind = value["kind"]
    return Task(
        label=label,
        kind=kind,
        name=label.removeprefix(f"{kind}-"),
        description=value.get("description") or "",
        attributes=value["attributes"],
        dependencies=value["dependencies"],
        definition=value["task"],
        origin=Origin(name),
        soft_dependencies=tuple(value.get("soft_dependencies") or ()),
        if_dependencies=tuple(value.get("if_dependencies") or ()),
        optimization=value.get("optimization"),
        effects=Effects.of_json(value["effects"]) if "effects" in value else UNTOLD,
    )


def _unreadable(name: str, *reasons: str) -> RelproError:
    remedy = "a graph file is what `relpro graph --format json` prints"
    what = f"`{name}` cannot be read as a graph"
    return RelproError(
        *(Diagnostic("G308", f"{what}: {why}", (Origin(name),), remedy=remedy) for why in reasons)
    )
