"""Takes a tag and files, gives the payload of githubscript, which makes a release on GitHub.

Source: githubscript, whose tasks have two scopes: one names the project, the other the action. It
has no schema; release_config.py reads the payload.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.place import Effects, Place
from relpro.model.task import TaskDescription
from relpro.stock.workers.naming import camel, handed_on
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.upstream_artifacts import item_schema, task_id, upstream_artifacts
from relpro.transform.context import Context
from relpro.values import OneOf, flag, text

SCHEMA = {
    Required("action"): OneOf("release"),
    Required("github-project"): text,
    Required("git-tag"): text,
    Required("release-name"): text,
    Required("is-prerelease"): flag,
    Required("upstream-artifacts"): [item_schema()],
    Required("artifact-map"): [
        {
            Required("task"): text,
            Required("paths"): {str: {Required("destinations"): [text]}},
        }
    ],
    Optional("git-revision"): text,
    Optional("release-body"): text,
    Optional("github-owner"): text,
    Optional("github-repo-name"): text,
}

_PLAIN = handed_on(SCHEMA, "action", "github-project", "upstream-artifacts", "artifact-map")


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload; without `git-revision`, a missing tag is made at the revision of the push."""
    worker = description.worker
    payload: dict[str, Any] = {"gitRevision": ctx.parameters["head_rev"]}
    payload |= {camel(name): worker[name] for name in _PLAIN if name in worker}
    payload["upstreamArtifacts"] = upstream_artifacts(worker["upstream-artifacts"])
    payload["artifactMap"] = [
        {"taskId": task_id(item["task"]), "paths": item["paths"]} for item in worker["artifact-map"]
    ]
    prefix = f"{ctx.config.scope_prefix}:github"
    project, action = worker["github-project"], worker["action"]
    scopes = (f"{prefix}:project:{project}", f"{prefix}:action:{action}")
    return Payload(payload, scopes=scopes, effects=Effects((*_written(worker),)))


def _written(worker: Mapping[str, Any]) -> Iterator[Place]:
    """The release and its files.

    If a release of the same tag exists, the script changes it and replaces its files. The script
    takes the repository from its configuration, by project, unless that allows a task to name it.
    """
    named = [worker.get(name) for name in ("github-owner", "github-repo-name")]
    repository = "/".join(map(str, named)) if all(named) else worker["github-project"]
    release = f"{repository}/{worker['git-tag']}"
    yield Place("code-release", release)
    for item in worker["artifact-map"]:
        for said in item["paths"].values():
            yield from (Place("asset", f"{release}/{file}") for file in said["destinations"])
