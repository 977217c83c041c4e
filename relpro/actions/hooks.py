"""Takes a project's actions and its `.taskcluster.yml`, gives the hooks that run them, and roles.

Actions run as hooks: anyone who may trigger a hook may run its action, with exactly the scopes of
the hook's role. There is one hook for each level and permission; its name ends in a digest of
`.taskcluster.yml`, whose first entry is its template. The administrator of a Taskcluster installs
these hooks again whenever that file changes; roles stay, as their names end in `*`.

The wrapper around the template, and the schema of the trigger, are those that deployments generate
(fxci-config, src/ciadmin/generate/in_tree_actions.py) and that Chain of Trust rebuilds.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from relpro.actions.action import Action
from relpro.actions.actions_json import hook_group, hook_hash, hook_id
from relpro.actions.template import first_entry
from relpro.model.config import GraphConfig

Json = dict[str, Any]


def hooks(
    actions: Iterable[Action], config: GraphConfig, *, template: bytes, levels: Iterable[str]
) -> list[Json]:
    """The hooks of every level and permission, for `hooks.createHook`, by name.

    `template` is the content of `.taskcluster.yml`. Raises `RelproError` (Q707) if it has no list
    of tasks.
    """
    entry = first_entry(template)
    digest = hook_hash(template)
    permissions = _permissions(actions)
    return [
        _hook(config, level, permission, digest, entry)
        for level in levels
        for permission in permissions
    ]


def roles(actions: Iterable[Action], config: GraphConfig, levels: Iterable[str]) -> list[Json]:
    """The roles of those hooks: each assumes the role of its repositories for its permission.

    docs/how-to/run-in-ci.md describes the scopes of that role. A person who may trigger the hooks
    of a permission has `hooks:trigger-hook:<group>/in-tree-action-<level>-<permission>/*`.
    """
    permissions = _permissions(actions)
    return [
        {
            "roleId": f"hook-id:{hook_group(config)}/{hook_id(permission, level, '*')}",
            "description": f"Actions of permission `{permission}` at level {level}.",
            "scopes": sorted(_assumed(config, level, permission)),
        }
        for level in levels
        for permission in permissions
    ]


def _permissions(actions: Iterable[Action]) -> list[str]:
    return sorted({action.permission for action in actions})


def _assumed(config: GraphConfig, level: str, permission: str) -> Iterator[str]:
    for repository in config.action_repositories(level):
        url = urlsplit(repository)
        yield f"assume:repo:{url.netloc}{url.path}:action:{permission}"


def _hook(config: GraphConfig, level: str, permission: str, digest: str, entry: object) -> Json:
    name = hook_id(permission, level, digest)
    return {
        "hookGroupId": hook_group(config),
        "hookId": name,
        "metadata": {
            "name": f"{hook_group(config)}/{name}",
            "description": (
                f"Runs actions of permission `{permission}` at level {level}, from the"
                f" `.taskcluster.yml` whose SHA-256 begins with {digest}."
            ),
            "owner": config.hooks_owner,
            "emailOnError": True,
        },
        "schedule": [],
        "bindings": [],
        "task": {"$let": _context(permission), "in": entry},
        "triggerSchema": TRIGGER,
    }


def _context(permission: str) -> Json:
    """The variables for `.taskcluster.yml`, from the payload that triggered the hook.

    `repo_scope` comes from the payload; the hooks service checks it against the role.
    """
    url = "${payload.decision.repository.url[8:]}"
    decided = ("name", "title", "description", "taskGroupId", "symbol", "cb_name")
    return {
        "tasks_for": "action",
        "action": {
            **{name: f"${{payload.decision.action.{name}}}" for name in decided},
            "repo_scope": f"assume:repo:{url}:action:{permission}",
            "action_perm": permission,
        },
        "push": {"$eval": "payload.decision.push"},
        "repository": {"$eval": "payload.decision.repository"},
        "input": {"$eval": "payload.user.input"},
        "parameters": {"$eval": "payload.decision['parameters']"},
        "taskId": {"$eval": "payload.user.taskId"},
        "taskGroupId": {"$eval": "payload.user.taskGroupId"},
        "ownTaskId": {"$eval": "taskId"},
    }


def _closed(properties: Json, optional: tuple[str, ...] = ()) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": sorted(properties.keys() - set(optional)),
        "properties": properties,
    }


def _texts(*names: str) -> Json:
    return {name: {"type": "string"} for name in names}


#: The schema of a trigger: data from the decision task, and the user's input.
TRIGGER: Json = _closed(
    {
        "decision": _closed(
            {
                "action": _closed(
                    _texts("name", "title", "description", "taskGroupId", "cb_name", "symbol")
                ),
                "push": _closed(
                    _texts(
                        *("owner", "revision", "pushlog_id"),
                        *("base_revision", "branch", "base_branch"),
                    ),
                    ("base_revision", "branch", "base_branch"),
                ),
                "repository": _closed(
                    {
                        **_texts("project", "level", "base_url"),
                        "url": {"type": "string", "pattern": "[^/]$"},
                    },
                    ("base_url",),
                ),
                "parameters": {"type": "object", "additionalProperties": True},
            },
            ("parameters",),
        ),
        "user": _closed(
            {
                "input": {},
                "taskId": {"anyOf": [{"type": "string"}, {"const": None}]},
                "taskGroupId": {"type": "string"},
            }
        ),
    }
)
