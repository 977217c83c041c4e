"""Takes workflows of a Bitrise app, gives the payload of bitrisescript.

Source: bitrisescript, whose tasks hold one scope for the app and one for each workflow.
"""

from collections.abc import Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.branch import branch_of
from relpro.model.task import TaskDescription
from relpro.stock.workers.naming import snaked
from relpro.stock.workers.payload import Payload
from relpro.transform.context import Context
from relpro.values import OneOf, text

#: What a build is told of the tree, and what else the service can be told.
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
    """The payload; without `global-params`, a build is of the branch and revision of the push."""
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
    return Payload(payload, scopes=scopes, artifacts=(f"{folder.rstrip('/')}/",))


def _push(ctx: Context) -> dict[str, str]:
    parameters = ctx.parameters
    found = {
        "branch": branch_of(str(parameters["head_ref"])),
        "commit_hash": parameters["head_rev"],
        "tag": str(parameters["head_tag"]).removeprefix("refs/tags/"),
    }
    return {name: value for name, value in found.items() if value}
