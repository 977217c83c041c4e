"""Takes parameters and `.taskcluster.yml`, gives `public/actions.json` (schema version 1).

Each action is offered as a hook: anyone who may trigger the hook may run the action, with exactly
the scopes of the hook's role. The name of the hook contains a digest of `.taskcluster.yml`, from
which it is made: an edit of that file changes what actions run, and so needs a new hook.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from relpro import schemas
from relpro.actions.action import Action
from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.load.ordinary import repository_file
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters

Json = dict[str, Any]

_SCHEMA = "taskcluster/actions/action-schema-v1.json"


def read_template(root: Path) -> bytes:
    """The content of the `.taskcluster.yml` of a project, or of the repository that it is part of.

    Raises `RelproError`: Q707 if there is none, K251 for a link that leads out of the project.
    """
    path = repository_file(root, ".taskcluster.yml")
    if not path.is_file():
        what = "the project has no `.taskcluster.yml`"
        raise RelproError(Diagnostic("Q707", what, why="actions run as hooks made from it"))
    return path.read_bytes()


def render_actions(
    actions: Iterable[Action],
    parameters: Parameters,
    config: GraphConfig,
    *,
    template: bytes,
    task_group_id: str,
) -> Json:
    """The content of `actions.json`; `template` is that of `.taskcluster.yml`.

    `task_group_id` is the id of the task that publishes it: actions run in the group of that name.
    No action is offered if no hook has the scopes to run it (`GraphConfig.action_repositories`).

    Raises `RelproError` (Q707) if the result does not fit the public schema of `actions.json`.
    """
    offered = sorted(actions, key=lambda action: action.order) if _runs(parameters, config) else []
    entries = [
        {
            **_entry(action, parameters, config, hook_hash(template)),
            "hookPayload": _hook_payload(action, parameters, task_group_id),
        }
        for action in offered
        if action.is_for(parameters.project, config) and action.available(parameters, config)
    ]
    rendered = {"version": 1, "variables": {}, "actions": entries}
    raise_all(Diagnostic("Q707", text) for text in schemas.problems(_SCHEMA, rendered))
    return rendered


def _runs(parameters: Parameters, config: GraphConfig) -> bool:
    """Whether the role of the hooks of a level covers the repository.

    Unknown without `projects`.
    """
    repositories = config.action_repositories(parameters.level)
    return not config.projects or _repository(parameters) in repositories


def _repository(parameters: Parameters) -> str:
    return str(parameters["head_repository"]).rstrip("/")


def hook_hash(template: bytes) -> str:
    """The suffix of the names of hooks that are made from this `.taskcluster.yml`."""
    return hashlib.sha256(template).hexdigest()[:10]


def hook_group(config: GraphConfig) -> str:
    """The hook group of a trust domain."""
    return f"project-{config.trust_domain}"


def hook_id(permission: str, level: str, digest: str) -> str:
    """The id of the hook that runs actions with a permission for projects of a level."""
    return f"in-tree-action-{level}-{permission}/{digest}"


def _entry(action: Action, parameters: Parameters, config: GraphConfig, digest: str) -> Json:
    entry: Json = {
        "kind": "hook",
        "name": action.name,
        "title": action.title,
        "description": action.description,
        "context": [dict(tags) for tags in action.context],
        "hookGroupId": hook_group(config),
        "hookId": hook_id(action.permission, parameters.level, digest),
        "extra": {"actionPerm": action.permission},
    }
    schema = action.schema(config)
    return {**entry, "schema": schema} if schema else entry


def _hook_payload(action: Action, parameters: Parameters, task_group_id: str) -> Json:
    """The payload for triggering the hook, once rendered: this push, and the user's input."""
    said = {
        "name": action.name,
        "title": action.title,
        "description": action.description,
        "taskGroupId": task_group_id,
        "cb_name": action.cb_name,
    }
    repository = {
        "url": _repository(parameters),
        "project": parameters.project,
        "level": parameters.level,
    }
    return {
        "decision": {
            "action": {**_literal(said), "symbol": action.symbol},
            "push": _literal(_push(parameters)),
            "repository": _literal(repository),
        },
        "user": {
            "input": {"$eval": "input"},
            "taskId": {"$eval": "taskId"},
            "taskGroupId": {"$eval": "taskGroupId"},
        },
    }


def _literal(texts: Mapping[str, str]) -> Json:
    """Texts escaped for JSON-e: `${` in the name of a branch is no expression."""
    return {name: text.replace("${", "$${") for name, text in texts.items()}


def _push(parameters: Parameters) -> Json:
    push = {
        "owner": _owner(str(parameters["owner"])),
        "revision": str(parameters["head_rev"]),
        "pushlog_id": str(parameters["pushlog_id"]),
    }
    further: Mapping[str, Any] = {
        "base_revision": parameters["base_rev"],
        "branch": parameters["head_ref"],
        "base_branch": parameters["base_ref"],
    }
    return {**push, **{name: str(value) for name, value in further.items() if value}}


def _owner(owner: str) -> str:
    """A valid owner for tasks, to which the queue's services can send mail."""
    return owner if "@" in owner else f"{owner}@noreply.example"
