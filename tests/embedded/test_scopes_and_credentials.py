"""Scopes and Hawk: who may do what, and who is not believed."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import mohawk
import pytest
import requests
import taskcluster
import taskcluster.exceptions
from hypothesis import given
from hypothesis import strategies as st

from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.embedded.scopes import AllOf, AnyOf, ScopeSet, expand, normalised
from tests.embedded.bodies import DAY, at, create, definition, new_id, refused
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
    with EmbeddedTaskcluster(settings=Settings(anonymous=("*",))) as service:
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


def test_a_wrong_token_is_refused_even_where_anonymous_would_do(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id = create(service, queue)
    options = service.options("x")
    options["credentials"]["accessToken"] = "wrong"
    with refused(401, "AuthenticationFailed", "Unauthorized: Bad mac"):
        taskcluster.Queue(options).status(task_id)
    assert taskcluster.Queue({"rootUrl": service.root_url}).status(task_id)


def test_an_unknown_or_disabled_client_is_refused(
    service: EmbeddedTaskcluster, connect: Connect
) -> None:
    options = service.options("x")
    client_id = options["credentials"]["clientId"]
    connect("Auth").disableClient(client_id)
    with refused(401, "AuthenticationFailed", "disabled"):
        taskcluster.Auth(options).currentScopes()
    connect("Auth").deleteClient(client_id)
    with refused(401, "AuthenticationFailed", "not found"):
        taskcluster.Auth(options).currentScopes()


@pytest.mark.parametrize("minutes", [-16, -14, 14, 16])
def test_clocks_may_differ_by_fifteen_minutes(
    service: EmbeddedTaskcluster, connect: Connect, minutes: int
) -> None:
    service.clock.skew(minutes * 60)
    if abs(minutes) < 15:
        connect("Auth").currentScopes()
    else:
        with refused(401, "AuthenticationFailed", "Stale timestamp"):
            connect("Auth").currentScopes()


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


def test_authorized_scopes_narrow_and_never_widen(
    service: EmbeddedTaskcluster, connect: Connect
) -> None:
    options = service.options("secrets:get:a", "secrets:get:b")
    narrowed = taskcluster.Auth({**options, "authorizedScopes": ["secrets:get:a"]})
    scopes = narrowed.currentScopes()["scopes"]
    assert "secrets:get:a" in scopes
    assert "secrets:get:b" not in scopes
    wider = taskcluster.Auth({**options, "authorizedScopes": ["secrets:get:c"]})
    with refused(401, "AuthenticationFailed"):
        wider.currentScopes()


def _temporary(
    service: EmbeddedTaskcluster, issuer: dict[str, str], scopes: list[str], **changes: Any
) -> Any:
    now = datetime.datetime.now(datetime.UTC)
    minute = datetime.timedelta(minutes=1)
    credentials = taskcluster.createTemporaryCredentials(
        issuer["clientId"],
        issuer["accessToken"],
        now - 5 * minute,
        now + changes.get("minutes", 5) * minute,
        scopes,
        changes.get("name"),
    )
    return taskcluster.Auth({"rootUrl": service.root_url, "credentials": credentials})


def test_temporary_credentials_hold_what_their_certificate_says(
    service: EmbeddedTaskcluster,
) -> None:
    issuer = service.credentials("secrets:*", "auth:create-client:me/*")
    found = _temporary(service, issuer, ["secrets:get:a"]).currentScopes()["scopes"]
    assert "secrets:get:a" in found
    assert "secrets:*" not in found
    _temporary(service, issuer, ["secrets:get:a"], name="me/here").currentScopes()


@pytest.mark.parametrize(
    ("scopes", "changes", "text"),
    [
        (["secrets:get:a"], {"minutes": -1}, "ext.certificate.expiry < now"),
        (["queue:all"], {}, "queue:all"),
        (["secrets:get:a"], {"name": "you"}, "auth:create-client:you"),
    ],
)
def test_temporary_credentials_are_refused_beyond_their_issuer_and_time(
    service: EmbeddedTaskcluster, scopes: list[str], changes: dict[str, Any], text: str
) -> None:
    issuer = service.credentials("secrets:*", "auth:create-client:me/*")
    with refused(401, "AuthenticationFailed", text):
        _temporary(service, issuer, scopes, **changes).currentScopes()


def test_clients_are_made_read_and_reset(connect: Connect) -> None:
    auth = connect("Auth")
    body = {"description": "d", "expires": "2100-01-01T00:00:00Z", "scopes": ["a"]}
    made = auth.createClient("me", body)
    assert made["scopes"] == ["a"]
    assert "accessToken" not in auth.client("me")
    assert auth.resetAccessToken("me")["accessToken"] != made["accessToken"]
    with refused(409, "RequestConflict"):
        auth.createClient("me", body)
    with refused(403, "InsufficientScopes", "auth:create-client:you"):
        connect("Auth", "a").createClient("you", body)


def test_clients_are_updated_disabled_and_enabled(
    service: EmbeddedTaskcluster, connect: Connect
) -> None:
    auth, options = connect("Auth"), service.options("a")
    client_id = options["credentials"]["clientId"]
    body = {"description": "new", "expires": at(service, DAY), "scopes": ["b"]}
    updated = auth.updateClient(client_id, body)
    assert (updated["description"], updated["scopes"]) == ("new", ["b"])
    assert "b" in taskcluster.Auth(options).currentScopes()["scopes"]
    auth.disableClient(client_id)
    assert auth.enableClient(client_id)["disabled"] is False
    assert taskcluster.Auth(options).currentScopes()
    service.clock.advance(2 * DAY)
    with refused(401, "AuthenticationFailed", "expired"):
        taskcluster.Auth(options).currentScopes()


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


@pytest.mark.parametrize("header", ["Hawk", "Bearer x", 'Hawk id="x"', 'Hawk id="x", colour="red"'])
def test_a_header_that_is_not_hawk_is_refused(service: EmbeddedTaskcluster, header: str) -> None:
    url = f"{service.root_url}/api/auth/v1/scopes/current"
    answer = requests.get(url, headers={"Authorization": header}, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, "AuthenticationFailed")


@pytest.mark.parametrize("bewit", ["", "x", "YWJj", "YVxiXGNcZA"])
def test_a_bewit_that_is_none_is_refused(service: EmbeddedTaskcluster, bewit: str) -> None:
    url = f"{service.root_url}/api/auth/v1/scopes/current?bewit={bewit}"
    assert requests.get(url, timeout=10).status_code == 401


def test_a_bewit_is_for_reading_only(service: EmbeddedTaskcluster, queue: Any) -> None:
    task_id = create(service, queue)
    url = queue.buildSignedUrl("task", task_id)
    assert requests.get(url, timeout=10).status_code == 200
    assert requests.put(url, json=definition(service), timeout=10).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"start": 1 << 50},
        {"signature": "AAAA"},
        {"scopes": ["*"]},
        {"seed": None},
        {"expiry": None},
    ],
)
def test_a_tampered_certificate_is_refused(
    service: EmbeddedTaskcluster, change: dict[str, Any]
) -> None:
    issuer = service.credentials("secrets:*")
    now = datetime.datetime.now(datetime.UTC)
    until = now + datetime.timedelta(minutes=5)
    made = taskcluster.createTemporaryCredentials(*issuer.values(), now, until, ["secrets:get:a"])
    certificate = {**json.loads(made["certificate"]), **change}
    credentials = {**made, "certificate": json.dumps(certificate)}
    with refused(401, "AuthenticationFailed"):
        taskcluster.Auth({"rootUrl": service.root_url, "credentials": credentials}).currentScopes()


def test_authentication_can_be_tested(service: EmbeddedTaskcluster) -> None:
    credentials = {"clientId": "tester", "accessToken": "no-secret"}
    auth = taskcluster.Auth({"rootUrl": service.root_url, "credentials": credentials})
    body = {"clientScopes": ["a:*"], "requiredScopes": ["a:b"]}
    assert auth.testAuthenticate(body)["clientId"] == "tester"
    with refused(403, "InsufficientScopes", "c:d"):
        auth.testAuthenticate({**body, "requiredScopes": ["c:d"]})
    with refused(400, "InputError", "tester"):
        taskcluster.Auth(service.options()).testAuthenticate(body)


def test_an_ext_that_is_not_json_is_refused(service: EmbeddedTaskcluster) -> None:
    who = service.root_credentials
    key = {"id": who["clientId"], "key": who["accessToken"], "algorithm": "sha256"}
    url = f"{service.root_url}/api/auth/v1/scopes/current"
    for ext in ("!!!", "e30x", "W10="):
        sender = mohawk.Sender(key, url, "GET", content="", content_type="", ext=ext)
        answer = requests.get(url, headers={"Authorization": sender.request_header}, timeout=10)
        assert answer.status_code == (200 if ext == "W10=" else 401)


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
