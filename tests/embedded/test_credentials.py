"""Hawk: whose signature is believed, and what clients and temporary credentials may do."""

import datetime
import json
from typing import Any

import mohawk
import pytest
import requests
import taskcluster
import taskcluster.exceptions

from relpro.embedded import EmbeddedTaskcluster
from tests.embedded.bodies import DAY, at, create, definition, refused
from tests.embedded.conftest import Connect


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


@pytest.mark.parametrize("header", ["Hawk", "Bearer x", 'Hawk id="x"', 'Hawk id="x", colour="red"'])
def test_a_header_that_is_not_hawk_is_refused(service: EmbeddedTaskcluster, header: str) -> None:
    url = f"{service.root_url}/api/auth/v1/scopes/current"
    answer = requests.get(url, headers={"Authorization": header}, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (401, "AuthenticationFailed")


@pytest.mark.parametrize("bewit", ["", "x", "YWJj", "YVxiXGNcZA"])
def test_a_bewit_that_is_none_is_refused(service: EmbeddedTaskcluster, bewit: str) -> None:
    url = f"{service.root_url}/api/auth/v1/scopes/current?bewit={bewit}"
    assert requests.get(url, timeout=60).status_code == 401


def test_a_bewit_is_for_reading_only(service: EmbeddedTaskcluster, queue: Any) -> None:
    task_id = create(service, queue)
    url = queue.buildSignedUrl("task", task_id)
    assert requests.get(url, timeout=60).status_code == 200
    assert requests.put(url, json=definition(service), timeout=60).status_code == 401


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
        answer = requests.get(url, headers={"Authorization": sender.request_header}, timeout=60)
        assert answer.status_code == (200 if ext == "W10=" else 401)
