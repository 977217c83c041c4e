"""Takes a folder of recorded artifacts, answers in place of Taskcluster about the tasks in it.

    FOLDER/<task id>/public/parameters.yml      an artifact of a task
    FOLDER/index.json                           {index path: task id}; may be missing
    FOLDER/statuses.json                        {task id: status}; may be missing
    FOLDER/definitions.json                     {task id: definition}; may be missing

The `public/` between task id and file name may be omitted. The index paths that recorded graphs
searched lead to the same tasks again.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import orjson

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.graph.taskids import TASK_ID
from relpro.load.whole import demand_complete
from relpro.optimize.found import Found
from relpro.optimize.offered import INDEX
from relpro.optimize.strategies import arguments_of
from relpro.parameters.read import places_in
from relpro.plan.records import (
    Definition,
    Records,
    Status,
    json_artifact,
    missing_artifact,
    unknown_task,
)
from relpro.schemas.documents import (
    KINDS,
    LABELS,
    RECORDED_DEFINITIONS,
    RECORDED_INDEX,
    RECORDED_STATUSES,
)
from relpro.schemas.shape import Shape


@attrs.frozen(slots=False)
class RecordedTaskcluster:
    """The records of an offline desk, in `folder`."""

    folder: Path

    def __attrs_post_init__(self) -> None:
        if not self.folder.is_dir():
            what = f"no folder of recorded artifacts `{self.folder}`"
            raise RelproError(Diagnostic("Q706", what, remedy="name a folder that exists"))

    def artifact(self, task_id: str, name: str) -> bytes:
        """The content of a recorded artifact; raises Q706, or Q719 if only a part is there."""
        task = self.folder / task_id
        if not task_id or "/" in task_id or not task.is_dir():
            raise unknown_task(task_id, f"`{self.folder}` has no folder of that name")
        for path in (task / name, task / name.removeprefix("public/")):
            if path.is_file():
                demand_complete(path.parent)
                return path.read_bytes()
        raise missing_artifact(task_id, name, "it was not recorded", f"save it below `{task}`")

    def find(self, path: str) -> str | None:
        """The task id recorded for an index path."""
        return self._index.get(path)

    def find_all(self, paths: Collection[str]) -> Found:
        """The task ids for index paths: recorded ones, and those that recorded graphs used."""
        known = {**self._used, **self._index}
        return Found({path: known[path] for path in paths if path in known})

    def group(self, task_group_id: str) -> Mapping[str, Status]:
        """The recorded statuses of the tasks of a group."""
        return {
            task_id: status
            for task_id, status in self._statuses.items()
            if status.get("taskGroupId") == task_group_id
        }

    def statuses(self, task_ids: Collection[str]) -> Mapping[str, Status]:
        """The recorded statuses of tasks."""
        return {
            task_id: self._statuses[task_id] for task_id in task_ids if task_id in self._statuses
        }

    def definitions(self, task_ids: Collection[str]) -> Mapping[str, Definition]:
        """The recorded definitions of tasks."""
        recorded = self._read("definitions.json", RECORDED_DEFINITIONS)
        return {task_id: recorded[task_id] for task_id in task_ids if task_id in recorded}

    @cached_property
    def _used(self) -> Mapping[str, str]:
        """Index path -> the task that was used, for the searched paths of every graph."""
        used: dict[str, str] = {}
        for folder in sorted(self.folder.iterdir()):
            if folder.is_dir() and TASK_ID.fullmatch(folder.name):
                used.update(self._used_by(folder.name))
        return used

    def _used_by(self, task_id: str) -> Iterator[tuple[str, str]]:
        try:
            made = json_artifact(self, task_id, "public/label-to-taskid.json", LABELS)
            full = json_artifact(self, task_id, "public/full-task-graph.json", KINDS)
        except RelproError:  # not every recorded artifact is a graph
            return
        for label, task in full.items():
            if label in made:
                for paths in arguments_of(INDEX, task.get("optimization"), {}):
                    # The last path is that of the graph's own level, which trusts the levels before
                    # it.
                    yield from ((path, made[label]) for path in paths[-1:] if isinstance(path, str))

    @cached_property
    def _index(self) -> Mapping[str, str]:
        index: Mapping[str, str] = self._read("index.json", RECORDED_INDEX)
        return index

    @cached_property
    def _statuses(self) -> Mapping[str, Status]:
        statuses: Mapping[str, Status] = self._read("statuses.json", RECORDED_STATUSES)
        return statuses

    def _read(self, name: str, shape: Shape) -> Mapping[str, Any]:
        path = self.folder / name
        if not path.is_file():
            return {}
        try:
            content: Any = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError as error:
            what, where = f"`{path}` is not JSON: {error}", Origin(str(path), error.lineno)
            raise RelproError(Diagnostic("Q706", what, (where,))) from None
        within = places_in(path, str(path))
        raise_all(_misfit(path, why, within(*place)) for place, why in shape.located(content))
        recorded: Mapping[str, Any] = content
        return recorded


def _misfit(path: Path, why: str, where: Origin) -> Diagnostic:
    what = f"`{path}` is not what Taskcluster says: {why}"
    remedy = "record it again, or mend it"
    return Diagnostic("Q706", what, (where,), remedy=remedy)


@attrs.frozen
class RecordedParts:
    """Recorded parts, and the queue for everything else.

    `artifacts` are those of tasks whose artifacts were not uploaded, such as those of a rehearsal;
    `index` maps index paths to task ids; with None, the real index is asked.
    """

    queue: Records
    artifacts: RecordedTaskcluster | None = None
    index: Mapping[str, str] | None = None

    def artifact(self, task_id: str, name: str) -> bytes:
        """The content of an artifact; raises Q706."""
        return (self.artifacts or self.queue).artifact(task_id, name)

    def find(self, path: str) -> str | None:
        """The id of the task at an index path, or None."""
        return self.queue.find(path) if self.index is None else self.index.get(path)

    def find_all(self, paths: Collection[str]) -> Found:
        """The tasks at those of `paths` that exist."""
        if self.index is None:
            return self.queue.find_all(paths)
        return Found({path: self.index[path] for path in paths if path in self.index})

    def group(self, task_group_id: str) -> Mapping[str, Status]:
        """The statuses of a group's tasks; empty if there is no such group."""
        return self.queue.group(task_group_id)

    def statuses(self, task_ids: Collection[str]) -> Mapping[str, Status]:
        """The statuses of tasks that the queue knows."""
        return self.queue.statuses(task_ids)

    def definitions(self, task_ids: Collection[str]) -> Mapping[str, Definition]:
        """The definitions of tasks that the queue knows."""
        return self.queue.definitions(task_ids)
