"""Takes calls of the hooks service; keeps hooks, and makes tasks from their templates."""

from typing import Any

import attrs
import jsone
import jsonschema_rs
import orjson

from relpro.embedded.clock import to_text
from relpro.embedded.definition import DAY, with_defaults
from relpro.embedded.deployment import Call, Caller, Reply
from relpro.embedded.errors import ApiError, Json, bad_input, conflict, not_found
from relpro.embedded.queue import create_task
from relpro.embedded.schema import check_body, trigger_validator, violations
from relpro.embedded.scopes import AllOf

#: The schema of a payload where a hook gives none: nothing may be in it (hooks API, triggerHook).
NOTHING = {"type": "object", "additionalProperties": False}


def create_hook(call: Call) -> Json:
    """Hooks API, createHook."""
    _require_modify(call)
    if _find(call):
        raise conflict(f"hook `{_name(call)}` already exists")
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
    call.store.run("delete from hook where hook_group_id = ? and hook_id = ?", *_key(call))
    return Reply(200, {})


def hook_status(call: Call) -> Json:
    """Hooks API, getHookStatus."""
    call.require(f"hooks:status:{call.params['hookGroupId']}/{call.params['hookId']}")
    get_definition(call)
    row = call.store.one(
        "select task_id, fired from hook_fire where hook_group_id = ? and hook_id = ?"
        " order by rowid desc limit 1",
        *_key(call),
    )
    if row is None:
        return {"lastFire": {"result": "no-fire"}}
    return {"lastFire": {"result": "success", "taskId": row[0], "time": to_text(row[1])}}


def trigger_hook(call: Call) -> Json:
    """Hooks API, triggerHook: `{}` where the template rendered to nothing."""
    call.require(f"hooks:trigger-hook:{_name(call)}")
    definition = get_definition(call)
    _check_payload(definition["triggerSchema"], call.payload)
    task_id = str(call.payload.get("taskId") or call.deployment.new_id())
    if call.store.one("select 1 from hook_fire where task_id = ?", task_id):
        raise bad_input(
            f'duplicate key value violates unique constraint: taskId "{task_id}" was fired before'
        )
    body = _rendered(call, definition["task"], task_id)
    if not body:
        return {}
    _create(call, task_id, _completed(body, task_id, call.now))
    call.store.run(
        "insert into hook_fire values (?, ?, ?, ?, 'success')", task_id, *_key(call), call.now
    )
    return {"taskId": task_id, "status": {"taskId": task_id}}


def get_definition(call: Call) -> dict[str, Any]:
    """The hook that a call names; raises `ResourceNotFound`."""
    definition = _find(call)
    if definition is None:
        raise not_found(f"No such hook `{_name(call)}`")
    return definition


def _rendered(call: Call, template: Json, task_id: str) -> Any:
    context = {
        "payload": call.payload,
        "firedBy": "triggerHook",
        "taskId": task_id,
        "now": to_text(call.now),
        "clientId": call.caller.client_id if call.caller else "anonymous",
    }
    try:
        return jsone.render(template, context)
    except jsone.JSONTemplateError as error:
        raise bad_input(f"While rendering the hook's template: {error}") from error


def _completed(body: dict[str, Any], task_id: str, now: int) -> dict[str, Any]:
    dates = {
        "created": to_text(now),
        "deadline": to_text(now + DAY),
        "expires": to_text(now + 31 * DAY),
    }
    return {**dates, "taskGroupId": task_id, **body}


def _create(call: Call, task_id: str, body: dict[str, Any]) -> None:
    """Create the task with the scopes of the hook's role."""
    role = f"hook-id:{_name(call)}"
    held = call.deployment.scopes((f"assume:{role}",))
    body = with_defaults(body)
    made = attrs.evolve(
        call,
        method="createTask",
        params={"taskId": task_id},
        payload=body,
        caller=Caller(role, held),
    )
    try:
        check_body("queue/create-task-request", body)
        create_task(made)
    except ApiError as error:
        if error.code == "InsufficientScopes":
            message = f"The role `{role}` does not have sufficient scopes to create the task:"
            raise ApiError(error.code, f"{message}\n\n{error.message}") from error
        raise bad_input(f"While calling createTask: {error.message}") from error


def _check_payload(schema: Json, payload: object) -> None:
    wrong = "; ".join(violations(trigger_validator(schema), payload, "payload"))
    if wrong:
        raise bad_input(wrong)


def _keep(call: Call) -> Json:
    group, hook_id = _key(call)
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
    call.store.run("insert or replace into hook values (?, ?, ?)", group, hook_id, text)
    return definition


def _require_modify(call: Call) -> None:
    name = _name(call)
    call.require(AllOf((f"hooks:modify-hook:{name}", f"assume:hook-id:{name}")))


def _find(call: Call) -> dict[str, Any] | None:
    row = call.store.one(
        "select definition from hook where hook_group_id = ? and hook_id = ?", *_key(call)
    )
    return orjson.loads(row[0]) if row else None


def _key(call: Call) -> tuple[str, str]:
    return call.params["hookGroupId"], call.params["hookId"]


def _name(call: Call) -> str:
    return "/".join(_key(call))
