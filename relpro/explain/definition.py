"""Takes a path of a task's body, gives what the definition of tasks makes the value there of.

That is a key of the kind, or one of the graph configuration.
"""

from collections.abc import Mapping

from relpro.errors import Origin
from relpro.explain.recording import History
from relpro.graph.difference.changes import Path
from relpro.project import Project

#: Keys of the queue -> the key of an entry that they are made of.
_OF_ENTRY: Mapping[Path, str] = {
    ("extra", "treeherder"): "treeherder",
    ("extra", "index"): "index",
    ("routes",): "index",
}
#: Keys of the queue -> the key of the configuration that they are made of.
_OF_CONFIGURATION: Mapping[Path, str] = {
    ("deadline",): "task-deadline-after",
    ("expires",): "task-expires-after",
    ("priority",): "task-priority",
    ("schedulerId",): "trust-domain",
}
_OF_POOL = {"provisionerId", "workerType"}


def source_of(history: History, path: Path, project: Project) -> tuple[str, Origin]:
    """What a value of the body is made of, in words, and where that is written."""
    entry = history.ctx.entry.entry
    for queue, key in _OF_ENTRY.items():
        if path[: len(queue)] == queue and key in entry.data:
            return f"made of `{key}` of the kind", entry.origin(key)
    for queue, key in _OF_CONFIGURATION.items():
        if path[: len(queue)] == queue:
            return _of_configuration(project, key)
    if path[0] in _OF_POOL:
        alias = history.last.worker_type
        place = project.config.locations.origin("workers", "aliases", alias)
        return f"worker alias `{alias}` of the configuration", place
    return "the definition that every task gets", project.config.origin


def _of_configuration(project: Project, key: str) -> tuple[str, Origin]:
    locations = project.config.locations
    said = f"`{key}` of the configuration"
    words = said if (key,) in locations.index else f"the default of {said}"
    return words, locations.origin(key)
