"""Hooks: kept, and triggered into tasks."""

from typing import Any

import pytest

from relpro.embedded import EmbeddedTaskcluster
from tests.embedded.bodies import new_id, refused
from tests.embedded.conftest import Connect

ROLE_SCOPES = (
    "queue:create-task:lowest:prov/linux",
    "queue:create-task:project:none",
    "queue:scheduler-id:-",
)
METADATA = {"name": "n", "description": "d", "owner": "release@example.com"}
TASK = {
    "taskQueueId": "prov/linux",
    "payload": {"input": {"$eval": "payload"}},
    "metadata": {**METADATA, "source": "https://example.com"},
}
ANYTHING = {"type": "object"}


@pytest.fixture
def hooks(connect: Connect) -> Any:
    connect("Auth").createRole(
        "hook-id:project/promote", {"description": "", "scopes": list(ROLE_SCOPES)}
    )
    return connect("Hooks")


def hook(task: Any = None, **fields: Any) -> dict[str, Any]:
    metadata = {key: METADATA[key] for key in ("name", "description", "owner")}
    return {"metadata": metadata, "task": task or TASK, "triggerSchema": ANYTHING, **fields}


def test_a_hook_is_kept_changed_listed_and_removed(hooks: Any) -> None:
    made = hooks.createHook("project", "promote", hook(triggerSchema={}))
    assert (made["hookGroupId"], made["schedule"], made["bindings"]) == ("project", [], [])
    with refused(409, "RequestConflict"):
        hooks.createHook("project", "promote", hook())
    hooks.updateHook("project", "promote", hook())
    assert hooks.hook("project", "promote")["triggerSchema"] == ANYTHING
    assert [entry["hookId"] for entry in hooks.listHooks("project")["hooks"]] == ["promote"]
    hooks.removeHook("project", "promote")
    with refused(404, "ResourceNotFound"):
        hooks.hook("project", "promote")
    with refused(404, "ResourceNotFound"):
        hooks.updateHook("project", "promote", hook())


def test_a_triggered_hook_makes_a_task_with_dates_filled_in(
    service: EmbeddedTaskcluster, hooks: Any
) -> None:
    hooks.createHook("project", "promote", hook())
    answer = hooks.triggerHook("project", "promote", {"version": "1.0"})
    task_id = answer["taskId"]
    assert answer["status"] == {"taskId": task_id}
    task = service.task(task_id)
    assert task["payload"] == {"input": {"version": "1.0"}}
    assert task["taskGroupId"] == task_id
    assert task["created"] < task["deadline"] < task["expires"]
    assert hooks.getHookStatus("project", "promote")["lastFire"]["taskId"] == task_id


def test_the_template_sees_who_fired_it_when_and_for_which_task(
    service: EmbeddedTaskcluster, hooks: Any
) -> None:
    names = ("firedBy", "taskId", "now", "clientId")
    payload = {name: {"$eval": name} for name in names}
    hooks.createHook("project", "promote", hook({**TASK, "payload": payload}))
    task_id = hooks.triggerHook("project", "promote", {})["taskId"]
    seen = service.task(task_id)["payload"]
    assert (seen["firedBy"], seen["taskId"]) == ("triggerHook", task_id)
    assert seen["now"] == service.task(task_id)["created"]
    assert seen["clientId"] == service.root_credentials["clientId"]


def test_a_hook_without_schema_takes_no_payload(hooks: Any) -> None:
    without = {key: value for key, value in hook().items() if key != "triggerSchema"}
    hooks.createHook("project", "promote", without)
    hooks.triggerHook("project", "promote", {})
    with refused(400, "InputError", "additional properties"):
        hooks.triggerHook("project", "promote", {"a": 1})


def test_violations_of_the_trigger_schema_are_joined(hooks: Any) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]}
    hooks.createHook("project", "promote", hook(triggerSchema=schema))
    with refused(400, "InputError") as caught:
        hooks.triggerHook("project", "promote", {"a": 1})
    assert len(caught.value.body["message"].splitlines()[0].split("; ")) == 2
    with refused(400, "InputValidationError"):
        hooks.triggerHook("project", "promote", [1])


def test_an_unknown_hook_cannot_be_triggered(hooks: Any) -> None:
    with refused(404, "ResourceNotFound"):
        hooks.triggerHook("project", "other", {})


def test_a_template_that_renders_to_nothing_makes_no_task(
    service: EmbeddedTaskcluster, hooks: Any
) -> None:
    nothing = {"$if": "payload.really", "then": TASK}
    hooks.createHook("project", "promote", hook(nothing))
    assert hooks.triggerHook("project", "promote", {"really": False}) == {}
    assert service.tasks() == {}


def test_a_template_that_fails_is_an_input_error(hooks: Any) -> None:
    hooks.createHook("project", "promote", hook({**TASK, "payload": {"$eval": "nobody"}}))
    with refused(400, "InputError", "nobody"):
        hooks.triggerHook("project", "promote", {})


def test_a_payload_may_choose_the_task_id_once(service: EmbeddedTaskcluster, hooks: Any) -> None:
    task_id = new_id()
    hooks.createHook("project", "promote", hook())
    assert hooks.triggerHook("project", "promote", {"taskId": task_id})["taskId"] == task_id
    with refused(400, "InputError", "duplicate key"):
        hooks.triggerHook("project", "promote", {"taskId": task_id})
    assert list(service.tasks()) == [task_id]


def test_the_role_of_the_hook_needs_what_the_task_needs(
    service: EmbeddedTaskcluster, hooks: Any
) -> None:
    hooks.createHook("project", "promote", hook({**TASK, "scopes": ["secrets:get:a"]}))
    with refused(403, "InsufficientScopes", "The role `hook-id:project/promote` does not have"):
        hooks.triggerHook("project", "promote", {})
    assert service.tasks() == {}


def test_other_refusals_of_the_queue_are_input_errors(hooks: Any) -> None:
    hooks.createHook("project", "promote", hook({**TASK, "priority": "normal"}))
    with refused(400, "InputError", "While calling createTask: "):
        hooks.triggerHook("project", "promote", {})


def test_triggering_and_making_need_their_scopes(hooks: Any, connect: Connect) -> None:
    hooks.createHook("project", "promote", hook())
    with refused(403, "InsufficientScopes", "hooks:trigger-hook:project/promote"):
        connect("Hooks", "none").triggerHook("project", "promote", {})
    connect("Hooks", "hooks:trigger-hook:project/*").triggerHook("project", "promote", {})
    with refused(403, "InsufficientScopes", "assume:hook-id:project/other"):
        connect("Hooks", "hooks:modify-hook:project/other").createHook("project", "other", hook())


def test_a_hook_id_may_hold_slashes(hooks: Any) -> None:
    hooks.createHook("project", "in-tree/3/abc", hook())
    assert hooks.hook("project", "in-tree/3/abc")["hookId"] == "in-tree/3/abc"


def test_groups_are_listed_and_a_new_hook_has_not_fired(hooks: Any) -> None:
    hooks.createHook("project", "promote", hook())
    assert hooks.listHookGroups() == {"groups": ["project"]}
    assert hooks.getHookStatus("project", "promote") == {"lastFire": {"result": "no-fire"}}
    with refused(404, "ResourceNotFound"):
        hooks.listHooks("other")


def test_a_hook_is_refused_whose_name_or_schema_is_wrong(hooks: Any) -> None:
    with refused(400, "InputError", "other"):
        hooks.createHook("project", "promote", hook(hookId="other"))
    with refused(400, "InputError", "triggerSchema"):
        hooks.createHook("project", "promote", hook(triggerSchema={"type": 1}))


def test_a_hook_can_be_triggered_by_whoever_knows_its_token(
    service: EmbeddedTaskcluster, hooks: Any, connect: Connect
) -> None:
    payload = {"by": {"$eval": "firedBy"}}
    hooks.createHook("project", "promote", hook({**TASK, "payload": payload}))
    token = hooks.getTriggerToken("project", "promote")["token"]
    anonymous = connect("Hooks", None)
    fired = anonymous.triggerHookWithToken("project", "promote", token, {})
    assert service.task(fired["taskId"])["payload"] == {"by": "triggerHookWithToken"}
    assert hooks.resetTriggerToken("project", "promote")["token"] != token
    with refused(401, "AuthenticationFailed"):
        anonymous.triggerHookWithToken("project", "promote", token, {})


def test_with_a_token_a_template_does_not_know_the_client(hooks: Any) -> None:
    payload = {"by": {"$eval": "clientId"}}
    hooks.createHook("project", "promote", hook({**TASK, "payload": payload}))
    token = hooks.getTriggerToken("project", "promote")["token"]
    hooks.updateHook("project", "promote", hook({**TASK, "payload": payload}))
    with refused(400, "InputError", "clientId"):
        hooks.triggerHookWithToken("project", "promote", token, {})


@pytest.mark.parametrize(
    ("template", "payload"),
    [({"$eval": "payload.list"}, {"list": ["a"]}), (TASK, {"taskId": "short"})],
)
def test_a_template_must_make_a_task_with_a_task_id(
    service: EmbeddedTaskcluster, hooks: Any, template: Any, payload: Any
) -> None:
    hooks.createHook("project", "promote", hook(template))
    with refused(400, "InputError", "While calling createTask: "):
        hooks.triggerHook("project", "promote", payload)
    assert service.tasks() == {}
