"""Takes a hook's payload; gives the task that the hook's template renders.

The task is created with the scopes of the hook's role, whoever triggered the hook.
"""

import hmac
from typing import Any

import attrs
import jsone

from relpro.embedded.clock import to_text
from relpro.embedded.definition import DAY, SLUG, with_defaults
from relpro.embedded.deployment import Call, Caller
from relpro.embedded.errors import ApiError, Json, bad_input
from relpro.embedded.hawk import unauthorized
from relpro.embedded.hooks import find_token, get_definition, hook_key, hook_name
from relpro.embedded.queue import create_task
from relpro.embedded.schema import check_body, trigger_validator, violations


def trigger_hook(call: Call) -> Json:
    """Hooks API, triggerHook: `{}` if the template rendered to nothing."""
    call.require(f"hooks:trigger-hook:{hook_name(call)}")
    client_id = call.caller.client_id if call.caller else "anonymous"
    return _fire(call, {"firedBy": "triggerHook", "clientId": client_id})


def trigger_with_token(call: Call) -> Json:
    """Hooks API, triggerHookWithToken: like triggerHook, but the caller is unknown."""
    get_definition(call)
    if not hmac.compare_digest((find_token(call) or "").encode(), call.params["token"].encode()):
        raise unauthorized("invalid hook token")
    return _fire(call, {"firedBy": "triggerHookWithToken"})


def _fire(call: Call, context: Json) -> Json:
    definition = get_definition(call)
    _check_payload(definition["triggerSchema"], call.payload)
    task_id = str(call.payload.get("taskId") or call.deployment.new_id())
    if call.store.one("select 1 from hook_fire where task_id = ?", task_id):
        raise bad_input(
            f'duplicate key value violates unique constraint: taskId "{task_id}" was fired before'
        )
    body = _rendered(call, definition["task"], {**context, "taskId": task_id})
    if not body:
        return {}
    _create(call, task_id, body)
    call.store.run(
        "insert into hook_fire values (?, ?, ?, ?, 'success')", task_id, *hook_key(call), call.now
    )
    return {"taskId": task_id, "status": {"taskId": task_id}}


def _check_payload(schema: Json, payload: object) -> None:
    wrong = "; ".join(violations(trigger_validator(schema), payload, "payload"))
    if wrong:
        raise bad_input(wrong)


def _rendered(call: Call, template: Json, context: Json) -> Any:
    try:
        return jsone.render(
            template, {**context, "payload": call.payload, "now": to_text(call.now)}
        )
    except jsone.JSONTemplateError as error:
        raise bad_input(f"While rendering the hook's template: {error}") from error


def _create(call: Call, task_id: str, rendered: object) -> None:
    """Create the task with the scopes of the hook's role."""
    role = f"hook-id:{hook_name(call)}"
    try:
        body = _completed(rendered, task_id, call.now)
        check_body("queue/create-task-request", body)
        caller = Caller(role, call.deployment.scopes((f"assume:{role}",)))
        params = {"taskId": task_id}
        create_task(
            attrs.evolve(call, method="createTask", params=params, payload=body, caller=caller)
        )
    except ApiError as error:
        if error.code == "InsufficientScopes":
            message = f"The role `{role}` does not have sufficient scopes to create the task:"
            raise ApiError(error.code, f"{message}\n\n{error.message}") from error
        raise bad_input(f"While calling createTask: {error.message}") from error


def _completed(rendered: object, task_id: str, now: int) -> Json:
    """The body of createTask, with fields that a template may omit (hooks API)."""
    if not SLUG.fullmatch(task_id):
        raise bad_input(f"taskId `{task_id}` must match {SLUG.pattern}")
    if not isinstance(rendered, dict):
        raise bad_input("the template must make an object")
    dates = {
        "created": to_text(now),
        "deadline": to_text(now + DAY),
        "expires": to_text(now + 31 * DAY),
    }
    return with_defaults({**dates, "taskGroupId": task_id, **rendered})
