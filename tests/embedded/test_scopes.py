"""Scopes and roles: who may do what."""

from collections.abc import Callable
from typing import Any

import pytest
import taskcluster
import taskcluster.exceptions
from hypothesis import given
from hypothesis import strategies as st

from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.embedded.scopes import AllOf, AnyOf, ScopeSet, expand, normalised
from tests.embedded.bodies import create, definition, new_id, refused
from tests.embedded.conftest import Connect

CREATE = (
    "queue:create-task:low:prov/linux",
    "queue:create-task:project:none",
    "queue:scheduler-id:-",
)


def test_creating_a_task_needs_every_one_of_its_scopes(
    service: EmbeddedTaskcluster, connect: Connect
) -> None:
    needed = (*CREATE, "queue:route:index.a", "secrets:get:b")
    changes: dict[str, Any] = {"routes": ["index.a"], "scopes": ["secrets:get:b"]}
    create(service, connect("Queue", *needed), priority="low", **changes)
    for left_out in needed:
        rest = [scope for scope in needed if scope != left_out]
        with refused(403, "InsufficientScopes", left_out) as caught:
            create(service, connect("Queue", *rest), priority="low", **changes)
        assert "is missing the following scopes:" in caught.value.body["message"]


@pytest.mark.parametrize(
    ("held", "allowed"),
    [("low", True), ("high", True), ("highest", True), ("very-low", False), (None, False)],
)
def test_the_scope_of_a_higher_priority_covers_a_lower_one(
    service: EmbeddedTaskcluster, connect: Connect, held: str | None, allowed: bool
) -> None:
    priority = f"{held}:" if held else ""
    queue = connect("Queue", f"queue:create-task:{priority}prov/linux", *CREATE[1:])
    if allowed:
        create(service, queue, priority="low")
    else:
        with refused(403, "InsufficientScopes"):
            create(service, queue, priority="low")


def test_a_caller_without_credentials_is_anonymous_and_lacks_scopes(
    service: EmbeddedTaskcluster, connect: Connect
) -> None:
    queue = connect("Queue", None)
    with refused(403, "InsufficientScopes") as caught:
        queue.createTask(new_id(), definition(service))
    assert "missing" not in caught.value.body["message"]
    with refused(400, "InputValidationError"):
        queue.createTask(new_id(), {})


def test_anonymous_callers_can_be_given_scopes_as_a_proxy_would() -> None:
    with EmbeddedTaskcluster(settings=Settings.at_once(anonymous=("*",))) as service:
        queue = taskcluster.Queue({"rootUrl": service.root_url})
        task_id = create(service, queue)
        assert service.states() == {task_id: "pending"}


def test_the_order_of_checks_is_parameters_schema_queue_scopes_dates(
    service: EmbeddedTaskcluster, connect: Connect
) -> None:
    queue = connect("Queue", "nothing")
    late = {"created": "2020-01-01T00:00:00Z"}
    with refused(400, "InvalidRequestArguments"):
        queue.createTask("bad", {})
    with refused(400, "InputValidationError"):
        queue.createTask(new_id(), definition(service, taskQueueId=None, payload=[]))
    with refused(400, "InputError", "taskQueueId"):
        queue.createTask(new_id(), definition(service, taskQueueId=None, **late))
    with refused(403, "InsufficientScopes"):
        queue.createTask(new_id(), definition(service, **late))


def test_everybody_also_has_the_scopes_of_anonymous(connect: Connect) -> None:
    scopes = connect("Auth", "mine").currentScopes()["scopes"]
    assert {"mine", "assume:anonymous", "queue:get-artifact:public/*"} <= set(scopes)


def test_roles_are_expanded_with_patterns_and_parameters(connect: Connect) -> None:
    auth = connect("Auth")
    body = {"description": "", "scopes": ["queue:route:<..>", "secrets:get:a/<..>/b"]}
    auth.createRole("repo:*", body)
    auth.createRole("deep", {"description": "", "scopes": ["assume:repo:x"]})
    found = auth.expandScopes({"scopes": ["assume:deep"]})["scopes"]
    assert {"queue:route:x", "secrets:get:a/x/b", "assume:repo:x"} <= set(found)
    with refused(409, "RequestConflict"):
        auth.createRole("deep", {"description": "", "scopes": []})
    auth.updateRole("deep", {"description": "", "scopes": ["other"]})
    assert "other" in auth.role("deep")["expandedScopes"]


def test_what_does_not_exist_is_not_found(connect: Connect) -> None:
    auth = connect("Auth")
    body = {"description": "", "scopes": []}
    calls: tuple[Callable[[], Any], ...] = (
        lambda: auth.client("nobody"),
        lambda: auth.resetAccessToken("nobody"),
        lambda: auth.role("nothing"),
        lambda: auth.updateRole("nothing", body),
    )
    for call in calls:
        with refused(404, "ResourceNotFound"):
            call()


def test_roles_are_listed_and_deleted(connect: Connect) -> None:
    auth = connect("Auth")
    for name in ("two", "one"):
        auth.createRole(name, {"description": name, "scopes": ["assume:two"]})
    assert [role["roleId"] for role in auth.listRoles()] == ["one", "two"]
    auth.deleteRole("one")
    assert [role["roleId"] for role in auth.listRoles()] == ["two"]


SCOPES = st.text("ab:", min_size=1, max_size=4)
HELD = st.lists(st.builds(lambda text, star: text + star, SCOPES, st.sampled_from(["", "*"])))


@given(HELD, SCOPES)
def test_leaving_out_covered_scopes_changes_nothing(held: list[str], wanted: str) -> None:
    assert ScopeSet(frozenset(held)).satisfies(wanted) == ScopeSet(
        frozenset(normalised(held))
    ).satisfies(wanted)


@given(HELD, st.lists(SCOPES, min_size=1), st.lists(SCOPES, min_size=1))
def test_what_an_expression_lacks_is_all_that_has_to_be_added(
    held: list[str], every: list[str], any_of: list[str]
) -> None:
    expression = AllOf((*every, AnyOf(tuple(any_of))))
    scopes = ScopeSet(frozenset(held))
    missing = scopes.lacks(expression)
    assert (missing is None) == (
        all(map(scopes.satisfies, every)) and any(map(scopes.satisfies, any_of))
    )
    if missing is not None:
        assert ScopeSet(frozenset((*held, *every, *any_of))).lacks(expression) is None


def test_a_parameter_that_is_a_pattern_cuts_off_what_follows() -> None:
    found = expand(["assume:repo:x*"], {"repo:*": ("get:<..>/end",)})
    assert found.satisfies("get:xy")
    assert not found.satisfies("get:y")


def test_roles_that_assume_each_other_are_expanded_once() -> None:
    roles = {"a": ("assume:b", "x"), "b": ("assume:a", "y")}
    assert expand(["assume:a"], roles).scopes == {"assume:a", "assume:b", "x", "y"}
