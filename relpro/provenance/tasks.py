"""Takes completed tasks, gives statements about their files and tests.

The sources of a file are its task's inputs: upstream artifacts, fetches, mounts, an image, the
revision that it checked out, and the graph that defines the task. The digests of inputs come from
statements about earlier tasks; scripts refuse all other files, by Chain of Trust.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import attrs
import orjson

from relpro.provenance import names
from relpro.provenance.statements import PROVENANCE, TEST, Statement
from relpro.verify.scripts.script import upstream_artifacts
from relpro.workers.chain import parent_of, upstream_names

#: Artifacts that define tasks and actions.
GRAPH, _ACTIONS = "public/task-graph.json", "public/actions.json"

_REVISION, _REPOSITORY = "_HEAD_REV", "_HEAD_REPOSITORY"


@attrs.frozen
class Done:
    """A completed task: its last run, and the SHA-256 of each file that it made, by name.

    `certificate` is the digest of its worker's certificate, or empty. `started` and `ended` are in
    ISO 8601.
    """

    task_id: str
    task: Mapping[str, Any]
    run_id: int
    started: str
    ended: str
    artifacts: Mapping[str, str]
    certificate: str = ""

    @property
    def name(self) -> str:
        """The name of the task."""
        name: str = self.task["metadata"]["name"]
        return name


@attrs.frozen
class Known:
    """Known statements: the digest of each file, by its name.

    `artifacts` are the names of each task's files.
    """

    root_url: str
    digests: Mapping[str, str]
    artifacts: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, root_url: str, digests: Mapping[str, str]) -> "Known":
        """Made from digests by name."""
        found: dict[str, list[str]] = {}
        for name in digests:
            if name.startswith(names.TASK):
                task_id, _, artifact = name.removeprefix(names.TASK).partition("/")
                found.setdefault(task_id, []).append(artifact)
        return cls(root_url, digests, {task_id: tuple(all_) for task_id, all_ in found.items()})

    def file(self, name: str) -> Mapping[str, Any]:
        """A file as a resource descriptor; without digest if there is no statement about it."""
        digest = self.digests.get(name)
        return {"name": name, **({"digest": {"sha256": digest}} if digest else {})}


def files_of(done: Iterable[Done]) -> dict[str, str]:
    """Name -> digest of every file made by tasks."""
    return {
        names.of_artifact(one.task_id, artifact): digest
        for one in done
        for artifact, digest in one.artifacts.items()
    }


def stated_of(done: Done, known: Known) -> Iterator[tuple[str, Statement]]:
    """(name, statement) for each file of a task; for one without files, about the tested files."""
    if done.artifacts:
        predicate = provenance(done, _dependencies(done, known), known.root_url)
        for artifact, digest in done.artifacts.items():
            name = names.of_artifact(done.task_id, artifact)
            yield name, Statement(PROVENANCE, {name: digest}, predicate)
    elif tested := _tested(done, known):
        url = f"{known.root_url}/tasks/{done.task_id}"
        told = {"name": done.name, "uri": url}
        predicate = {"result": "PASSED", "configuration": [told], "passedTests": [done.name]}
        yield names.of_test(done.task_id), Statement(TEST, tested, {**predicate, "url": url})


def provenance(
    done: Done, dependencies: Iterable[Mapping[str, object]], root_url: str
) -> Mapping[str, object]:
    """The predicate for files that a task made from dependencies.

    Source: slsa.dev, provenance v1.
    """
    task, task_id = done.task, done.task_id
    queue = f"{task['provisionerId']}/{task['workerType']}"
    made: dict[str, Any] = {
        "buildDefinition": {
            # The schema of the parameters.
            "buildType": f"{root_url}/schemas/queue/v1/task.json",
            "externalParameters": {
                "name": done.name,
                "kind": task.get("tags", {}).get("kind", ""),
                "source": task["metadata"]["source"],
            },
            "internalParameters": {
                "taskId": task_id,
                "runId": str(done.run_id),
                "taskGroupId": task["taskGroupId"],
            },
            "resolvedDependencies": list(dependencies),
        },
        "runDetails": {
            "builder": {"id": f"{root_url}/worker-manager/{quote(queue, safe='')}"},
            "metadata": {
                "invocationId": f"{root_url}/tasks/{task_id}/runs/{done.run_id}",
                "startedOn": done.started,
                "finishedOn": done.ended,
            },
        },
    }
    if done.certificate:
        told = {"name": "public/chain-of-trust.json", "digest": {"sha256": done.certificate}}
        made["runDetails"]["byproducts"] = [told]
    return made


def _dependencies(done: Done, known: Known) -> Iterator[Mapping[str, object]]:
    """All sources of a task's files, without duplicates."""
    yield from _sources(done.task)
    handed = (names.of_artifact(*one) for one in _handed(done.task, known.artifacts))
    for name in dict.fromkeys((*_parents(done), *handed)):
        yield known.file(name)


def _sources(task: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    """The revisions that a task checked out, from run-task's variables."""
    env: Mapping[str, str] = task["payload"].get("env", {})
    for variable, revision in env.items():
        repository = env.get(variable.removesuffix(_REVISION) + _REPOSITORY)
        if variable.endswith(_REVISION) and revision and repository:
            yield {"uri": f"git+{repository}@{revision}", "digest": {"gitCommit": revision}}


def _parents(done: Done) -> Iterator[str]:
    """The file that defines a task; a decision task has none."""
    parent = parent_of(done.task)
    if parent != done.task_id:
        yield names.of_artifact(parent, _ACTIONS if GRAPH in done.artifacts else GRAPH)


def _tested(done: Done, known: Known) -> Mapping[str, str]:
    """Name -> digest of the files that a task's commands got, except its own scripts."""
    given = (one for one in _given(done.task["payload"]) if one[0] != parent_of(done.task))
    found = (names.of_artifact(*one) for one in given)
    return {name: known.digests[name] for name in found if name in known.digests}


def _handed(
    task: Mapping[str, Any], artifacts: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """(task id, artifact) of each input file: for its script, its commands, or as its image."""
    payload = task["payload"]
    for _, item in upstream_artifacts(task):
        for path in upstream_names(item, artifacts.get(item["taskId"], ())):
            yield item["taskId"], path
    yield from _given(payload)
    image = payload.get("image")
    if isinstance(image, Mapping) and "taskId" in image:
        yield image["taskId"], image["path"]


def _given(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(task id, artifact) of each file that commands find: fetches and mounts."""
    for fetch in orjson.loads(payload.get("env", {}).get("MOZ_FETCHES") or "[]"):
        yield fetch["task"], fetch["artifact"]
    for mount in payload.get("mounts", ()):
        content = mount.get("content", {})
        if "taskId" in content:
            yield content["taskId"], content["artifact"]
