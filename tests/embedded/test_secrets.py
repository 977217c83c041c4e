"""Secrets: set, got, listed, removed, expired."""

from typing import Any

import pytest

from relpro.embedded import EmbeddedTaskcluster
from tests.embedded.bodies import DAY, at, refused
from tests.embedded.conftest import Connect


@pytest.fixture
def secrets(connect: Connect) -> Any:
    return connect("Secrets")


def test_a_secret_is_got_as_it_was_set(service: EmbeddedTaskcluster, secrets: Any) -> None:
    body = {"secret": {"token": "t"}, "expires": at(service, DAY)}
    secrets.set("project/releng/token", body)
    assert secrets.get("project/releng/token") == body
    assert secrets.list()["secrets"] == ["project/releng/token"]
    secrets.remove("project/releng/token")
    for call in (secrets.get, secrets.remove):
        with refused(404, "ResourceNotFound"):
            call("project/releng/token")


def test_an_expired_secret_is_not_found(service: EmbeddedTaskcluster, secrets: Any) -> None:
    secrets.set("a", {"secret": {}, "expires": at(service, -DAY)})
    with refused(404, "ResourceNotFound"):
        secrets.get("a")


def test_secrets_need_scopes(service: EmbeddedTaskcluster, connect: Connect) -> None:
    reader = connect("Secrets", "secrets:get:a")
    with refused(404, "ResourceNotFound"):
        reader.get("a")
    with refused(403, "InsufficientScopes", "secrets:set:a"):
        reader.set("a", {"secret": {}, "expires": at(service, DAY)})
