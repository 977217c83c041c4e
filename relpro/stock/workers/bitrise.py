"""Takes workflows of a Bitrise app, gives the payload of bitrisescript.

Source: bitrisescript, whose tasks have one scope for the app and one for each workflow.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from voluptuous import Optional, Required

from relpro.model.branch import branch_of
from relpro.model.place import Effects, Place
from relpro.model.task import TaskDescription
from relpro.stock.workers.naming import snaked
from relpro.stock.workers.payload import Payload
from relpro.transform.context import Context
from relpro.values import OneOf, text

#: Values about the tree for a build, and further values that the service accepts.
_PARAMETERS = {
    Optional("branch"): text,
    Optional("branch-dest"): text,
    Optional("branch-dest-repo-owner"): text,
    Optional("branch-repo-owner"): text,
    Optional("commit-hash"): text,
    Optional("commit-message"): text,
    Optional("environments"): {str: text},
    Optional("pull-request-author"): text,
    Optional("pull-request-id"): object,
    Optional("skip-git-status-report"): object,
    Optional("tag"): text,
}

SCHEMA = {
    Required("app"): text,
    Required("workflows"): OneOf([text], {str: [_PARAMETERS]}),
    Optional("global-params"): _PARAMETERS,
    Optional("artifact-prefix"): text,
}

_ARTIFACTS = "public"


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload; without `global-params`, a build uses the branch and revision of the push."""
    worker = description.worker
    folder = worker.get("artifact-prefix", _ARTIFACTS)
    workflows = worker["workflows"]
    payload: dict[str, Any] = {
        "global_params": {**_push(ctx), **snaked(worker.get("global-params", {}))},
        "artifact_prefix": folder,
    }
    if isinstance(workflows, Mapping):
        payload["workflow_params"] = {
            name: [snaked(build) for build in builds] for name, builds in workflows.items()
        }
    prefix = f"{ctx.config.scope_prefix}:bitrise"
    scopes = (f"{prefix}:app:{worker['app']}", *(f"{prefix}:workflow:{w}" for w in workflows))
    artifacts = (f"{folder.rstrip('/')}/",)
    return Payload(payload, scopes=scopes, artifacts=artifacts, effects=Effects((*_runs(worker),)))


def _runs(worker: Mapping[str, Any]) -> Iterator[Place]:
    """Each run of a workflow. Runs are distinguished by their arguments other than the push.

    Source: bitrisescript, task.py, `get_build_params`.
    """
    workflows, given = worker["workflows"], worker.get("global-params", {})
    builds = workflows if isinstance(workflows, Mapping) else dict.fromkeys(workflows, ())
    for name, variants in builds.items():
        for told in [_told(given, variant) for variant in variants] or [_told(given, {})]:
            yield Place("workflow", f"{worker['app']}/{name}{'?' if told else ''}{told}")


def _told(given: Mapping[str, Any], variant: Mapping[str, Any]) -> str:
    environment = {**given.get("environments", {}), **variant.get("environments", {})}
    plain = {key: value for key, value in {**given, **variant}.items() if key != "environments"}
    return urlencode(
        sorted({**plain, **{f"${name}": environment[name] for name in environment}}.items())
    )


def _push(ctx: Context) -> dict[str, str]:
    parameters = ctx.parameters
    found = {
        "branch": branch_of(str(parameters["head_ref"])),
        "commit_hash": parameters["head_rev"],
        "tag": str(parameters["head_tag"]).removeprefix("refs/tags/"),
    }
    return {name: value for name, value in found.items() if value}
