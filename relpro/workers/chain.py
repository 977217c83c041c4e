"""Takes a claimed task, verifies its Chain of Trust, and gives its verified input files.

    task -> its parent, inputs and upstream tasks -> theirs, and so on: each a link

Every link has a statement about its artifacts, signed by the worker that ran it. Input files are
compared with these statements, and each definition with the graph of the task that created it.
Source: scriptworker, cot/verify.py. The origin of decisions and actions is not verified here:
scriptworker renders them again from the repository's `.taskcluster.yml`.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import attrs
import orjson

from relpro.errors import RelproError
from relpro.submit.dates import Dates
from relpro.submit.queue import Queue
from relpro.verify import links
from relpro.verify.scripts.script import upstream_artifacts
from relpro.workers import certificate
from relpro.workers.certificate import Broken, read_certificate
from relpro.workers.claims import Claim
from relpro.workers.errand import Input
from relpro.workers.job import Unfit
from relpro.workers.keys import Keys

_GRAPH = "public/task-graph.json"

#: The name of the link to the creating task.
_PARENT = "parent"

#: Keys of a definition that may differ from the graph. Source: verify_task_in_task_graph.
_FREE = frozenset(
    {
        "created",
        "deadline",
        "dependencies",
        "expires",
        "projectId",
        "schedulerId",
        "taskQueueId",
        "priority",
    }
)


@attrs.frozen
class Link:
    """A task of a chain: its definition, and the artifacts in its worker's statement, by name.

    If it is a parent, `graph` has the tasks that it created, by id. `image` is the digest of the
    image in which it ran, if another task made that.
    """

    task_id: str
    task: Mapping[str, Any]
    artifacts: Mapping[str, Mapping[str, str]]
    image: str
    graph: Mapping[str, Any] | None


class Chains:
    """The chains that one worker verifies. Valid links are cached."""

    def __init__(self, keys: Keys) -> None:
        """Trust the keys of workers in a folder."""
        self._keys = keys
        self._links: dict[tuple[str, bool], Link] = {}

    def verified(self, claim: Claim, folder: Path) -> tuple[Input, ...]:
        """The upstream artifacts of a claimed task, each at `folder`/ID/PATH.

        Raises `Unfit` if the chain is invalid, and `RelproError` if the queue refuses or cannot be
        reached.
        """
        try:
            found = self._walk(claim)
            for link in found.values():
                if link.graph is None:
                    _demand_in_graph(link.task_id, link.task, found)
                _demand_image(link, found)
            _demand_in_graph(claim.task_id, claim.task, found)
            return tuple(_inputs(claim, found, folder))
        except Broken as broken:
            raise Unfit(f"the Chain of Trust does not hold: {broken}") from None

    def certificate_of(self, claim: Claim, task_id: str) -> Mapping[str, Any]:
        """The verified certificate of a task to which a claimed one refers.

        Raises `Broken` if it is invalid, and `RelproError` like `verified`.
        """
        queue = _queue(claim)
        fetch = partial(_fetched, queue, task_id)
        return certified(task_id, queue.definition(task_id), self._keys, fetch)

    def _walk(self, claim: Claim) -> dict[str, Link]:
        found: dict[str, Link] = {}
        queue = _queue(claim)
        pending = list(_named(claim.task_id, claim.task))
        while pending:
            name, task_id = pending.pop()
            is_parent = name == _PARENT
            if task_id == claim.task_id:
                continue
            if task_id not in found or (is_parent and found[task_id].graph is None):
                link = self._link(queue, task_id, is_parent=is_parent)
                found[task_id] = link
                pending += _named(task_id, link.task)
        return found

    def _link(self, queue: Queue, task_id: str, *, is_parent: bool) -> Link:
        known = self._links.get((task_id, is_parent))
        if known is None:
            known = self._made(queue, task_id, is_parent=is_parent)
            self._links[task_id, is_parent] = known
        return known

    def _made(self, queue: Queue, task_id: str, *, is_parent: bool) -> Link:
        task = queue.definition(task_id)
        said = certified(task_id, task, self._keys, partial(_fetched, queue, task_id))
        graph = None
        if is_parent:
            graph = orjson.loads(_held(queue, task_id, _GRAPH, said["artifacts"]))
        image = str(said["environment"].get("imageArtifactHash", "")).removeprefix("sha256:")
        return Link(task_id, task, said["artifacts"], image, graph)


def certified(
    task_id: str, task: Mapping[str, object], keys: Keys, fetch: Callable[[str], bytes]
) -> Mapping[str, Any]:
    """The verified Chain of Trust certificate of a task.

    `fetch` returns an artifact of the task by its name. Raises `Broken`, and what `fetch` raises.
    """
    implementation = _implementation(task_id, task)
    content = fetch(certificate.NAME)
    if not keys.is_signed(implementation, content, fetch(certificate.SIGNATURE)):
        raise Broken(f"no key of {implementation} has signed the statement of task {task_id}")
    said = read_certificate(task_id, content)
    if said["taskId"] != task_id:
        raise Broken(f"the statement of task {task_id} is of task {said['taskId']}")
    if wrong := _differing(task, said["task"]):
        raise Broken(f"task {task_id} is not as its worker has stated it: {', '.join(wrong)}")
    return said


def _queue(claim: Claim) -> Queue:
    """The queue, called as the worker, which may read artifacts that tasks may not."""
    return Queue(claim.seat.connection)


def _named(task_id: str, task: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(sort of link, task id) of each task to which a task links."""
    parent = parent_of(task)
    if parent != task_id:
        yield _PARENT, parent
    yield from task.get("extra", {}).get("chainOfTrust", {}).get("inputs", {}).items()
    for _, item in upstream_artifacts(task):
        yield item["taskType"], item["taskId"]


def parent_of(task: Mapping[str, Any]) -> str:
    """The task that created a task: the task itself, if it is a decision task."""
    parent: str = task.get("extra", {}).get("parent") or task["taskGroupId"]
    return parent


def _implementation(task_id: str, task: Mapping[str, object]) -> str:
    """The implementation whose key signs a task's statement. Raises `Broken` if it is unknown."""
    if wrong := list(links.refused_as_link(task)):
        raise Broken(f"task {task_id}: {'; '.join(wrong)}")
    return links.implementation(task)


def _fetched(queue: Queue, task_id: str, name: str) -> bytes:
    try:
        return queue.artifact(task_id, name)
    except RelproError as error:
        if any(one.code == "Q706" for one in error.diagnostics):
            raise Broken(f"task {task_id} has no artifact `{name}`") from None
        raise


def _held(
    queue: Queue, task_id: str, name: str, artifacts: Mapping[str, Mapping[str, str]]
) -> bytes:
    """An artifact that matches the statement of its task's worker."""
    if name not in artifacts:
        raise Broken(f"the statement of task {task_id} does not have `{name}`")
    content = _fetched(queue, task_id, name)
    for algorithm, digest in artifacts[name].items():
        found = hashlib.new(algorithm, content).hexdigest()
        if found != digest:
            what = f"`{name}` of task {task_id} has {algorithm} {found}"
            raise Broken(f"{what}, and {digest} is stated")
    return content


def _demand_in_graph(task_id: str, task: Mapping[str, Any], found: Mapping[str, Link]) -> None:
    """Raise `Broken` unless a task is as in the graph of its parent."""
    parent = parent_of(task)
    if parent == task_id:
        return
    graph = found[parent].graph or {}
    if task_id not in graph:
        raise Broken(f"task {task_id} is not in the graph of task {parent}")
    dates = Dates(datetime.fromisoformat(task["created"]))
    said = orjson.loads(dates.resolve(orjson.dumps(graph[task_id]["task"])))
    wrong = _differing(task, said)
    if {*task["dependencies"]} - {*said["dependencies"], task["taskGroupId"]}:
        wrong.append("`dependencies`")
    if wrong:
        what = f"differs from the graph of task {parent} in {', '.join(wrong)}"
        raise Broken(f"task {task_id} {what}")


def _differing(task: Mapping[str, object], said: Mapping[str, object]) -> list[str]:
    """The keys in which a task differs from the graph, except those that may."""
    return [f"`{key}`" for key in said if key not in _FREE and task.get(key) != said[key]]


def _demand_image(link: Link, found: Mapping[str, Link]) -> None:
    """Raise `Broken` if a task ran in another image than the one made for it."""
    image = link.task["payload"].get("image")
    if not isinstance(image, Mapping) or image.get("type") != "task-image":
        return
    made = found[image["taskId"]].artifacts.get(image["path"], {}).get("sha256")
    if not made or link.image != made:
        ran, made = link.image or "one that is not stated", made or "none"
        raise Broken(f"task {link.task_id} ran in image {ran}, its image task made {made}")


def _inputs(claim: Claim, found: Mapping[str, Link], folder: Path) -> Iterator[Input]:
    for _, item in upstream_artifacts(claim.task):
        task_id, artifacts = item["taskId"], found[item["taskId"]].artifacts
        for path in upstream_names(item, artifacts):
            if ".." in PurePosixPath(path).parts:
                raise Broken(f"`{path}` leads out of the folder of the task")
            file = folder / task_id / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_held(_queue(claim), task_id, path, artifacts))
            yield Input(task_id, path, file, item)


def upstream_names(item: Mapping[str, Any], artifacts: Collection[str]) -> Iterator[str]:
    """The artifacts of an upstream artifact in a payload.

    Patterns are resolved with the existing ones; optional ones may be missing.
    """
    for path in item["paths"]:
        if "*" in path:
            yield from (name for name in sorted(artifacts) if fnmatchcase(name, path))
        elif path in artifacts or not item.get("optional"):
            yield path
