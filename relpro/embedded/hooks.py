"""Takes calls of the hooks service; stores hooks and their tokens."""

import secrets
from typing import Any

import jsonschema_rs
import orjson

from relpro.embedded.clock import to_text
from relpro.embedded.deployment import Call, Reply
from relpro.embedded.errors import Json, bad_input, conflict, not_found
from relpro.embedded.schema import trigger_validator
from relpro.embedded.scopes import AllOf

#: The default schema of a payload: it must be empty (hooks API, triggerHook).
NOTHING = {"type": "object", "additionalProperties": False}


def create_hook(call: Call) -> Json:
    """Hooks API, createHook."""
    _require_modify(call)
    if _find(call):
        raise conflict(f"hook `{hook_name(call)}` already exists")
    return _keep(call)


def update_hook(call: Call) -> Json:
    """Hooks API, updateHook."""
    _require_modify(call)
    get_definition(call)
    return _keep(call)


def hook(call: Call) -> Json:
    """Hooks API, hook."""
    call.require(f"hooks:get:{call.params['hookGroupId']}:{call.params['hookId']}")
    return get_definition(call)


def list_hooks(call: Call) -> Json:
    """Hooks API, listHooks; an unknown group is not found."""
    group = call.params["hookGroupId"]
    call.require(f"hooks:list-hooks:{group}")
    rows = call.store.all(
        "select definition from hook where hook_group_id = ? order by hook_id", group
    )
    if not rows:
        raise not_found(f"No such hook group: {group}")
    return {"hooks": [orjson.loads(row[0]) for row in rows]}


def list_groups(call: Call) -> Json:
    """Hooks API, listHookGroups."""
    call.require("hooks:list-hooks:")
    rows = call.store.all("select distinct hook_group_id from hook order by hook_group_id")
    return {"groups": [row[0] for row in rows]}


def remove_hook(call: Call) -> Reply:
    """Hooks API, removeHook."""
    _require_modify(call)
    call.store.run("delete from hook where hook_group_id = ? and hook_id = ?", *hook_key(call))
    return Reply(200, {})


def hook_status(call: Call) -> Json:
    """Hooks API, getHookStatus."""
    call.require(f"hooks:status:{call.params['hookGroupId']}/{call.params['hookId']}")
    get_definition(call)
    row = call.store.one(
        "select task_id, fired from hook_fire where hook_group_id = ? and hook_id = ?"
        " order by rowid desc limit 1",
        *hook_key(call),
    )
    if row is None:
        return {"lastFire": {"result": "no-fire"}}
    return {"lastFire": {"result": "success", "taskId": row[0], "time": to_text(row[1])}}


def get_token(call: Call) -> Json:
    """Hooks API, getTriggerToken."""
    call.require(f"hooks:get-trigger-token:{hook_name(call)}")
    get_definition(call)
    return {"token": find_token(call)}


def reset_token(call: Call) -> Json:
    """Hooks API, resetTriggerToken."""
    call.require(f"hooks:reset-trigger-token:{hook_name(call)}")
    get_definition(call)
    token = secrets.token_urlsafe(33)
    sql = "update hook set token = ? where hook_group_id = ? and hook_id = ?"
    call.store.run(sql, token, *hook_key(call))
    return {"token": token}


def find_token(call: Call) -> str | None:
    """The token of the hook that a call names, if the hook exists."""
    row = call.store.one(
        "select token from hook where hook_group_id = ? and hook_id = ?", *hook_key(call)
    )
    return row[0] if row else None


def get_definition(call: Call) -> dict[str, Any]:
    """The hook that a call names; raises `ResourceNotFound`."""
    definition = _find(call)
    if definition is None:
        raise not_found(f"No such hook `{hook_name(call)}`")
    return definition


def _keep(call: Call) -> Json:
    group, hook_id = hook_key(call)
    body = call.payload
    for name, value in (("hookGroupId", group), ("hookId", hook_id)):
        if body.get(name, value) != value:
            raise bad_input(f"Hook Group Id and Hook Id must match the URL: `{body[name]}`")
    metadata = {"emailOnError": True, **body["metadata"]}
    defaults = {"schedule": [], "bindings": [], "triggerSchema": NOTHING}
    names = {"hookGroupId": group, "hookId": hook_id}
    definition = {**defaults, **body, **names, "metadata": metadata}
    try:
        trigger_validator(definition["triggerSchema"])
    except (ValueError, jsonschema_rs.ValidationError) as error:
        raise bad_input(f"triggerSchema is not a JSON schema: {error}") from error
    text = orjson.dumps(definition).decode()
    token = find_token(call) or secrets.token_urlsafe(33)
    call.store.run("insert or replace into hook values (?, ?, ?, ?)", group, hook_id, text, token)
    return definition


def _require_modify(call: Call) -> None:
    name = hook_name(call)
    call.require(AllOf((f"hooks:modify-hook:{name}", f"assume:hook-id:{name}")))


def _find(call: Call) -> dict[str, object] | None:
    row = call.store.one(
        "select definition from hook where hook_group_id = ? and hook_id = ?", *hook_key(call)
    )
    return orjson.loads(row[0]) if row else None


def hook_key(call: Call) -> tuple[str, str]:
    """Group and id of the hook that a call names."""
    return call.params["hookGroupId"], call.params["hookId"]


def hook_name(call: Call) -> str:
    """Group and id of the hook that a call names, in the form used in scopes and roles."""
    return "/".join(hook_key(call))
