import re
from typing import Any

import mohawk
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.embedded import EmbeddedTaskcluster
from relpro.embedded.hawk import Client, temporary_credentials
from relpro.errors import RelproError
from relpro.submit.access import Access, Credentials, hawk_header
from relpro.submit.connection import Connection
from relpro.submit.queue import Queue
from tests.submit.graphs import patient

ROOT = "https://tc.example.com"
CLIENT = {"TASKCLUSTER_CLIENT_ID": "me", "TASKCLUSTER_ACCESS_TOKEN": "secret"}


def test_credentials_of_the_environment_are_used() -> None:
    environ = {"TASKCLUSTER_ROOT_URL": f"{ROOT}/", **CLIENT}
    assert Access.from_environment(environ) == Access(ROOT, Credentials("me", "secret"))


def test_a_proxy_signs_by_itself() -> None:
    environ = {"TASKCLUSTER_ROOT_URL": ROOT, "TASKCLUSTER_PROXY_URL": "http://taskcluster/"}
    access = Access.from_environment(environ)
    assert access == Access("http://taskcluster")
    assert access.sign("GET", "http://taskcluster/api/queue/v1/ping") == {}


def test_credentials_win_over_a_proxy() -> None:
    environ = {"TASKCLUSTER_ROOT_URL": ROOT, "TASKCLUSTER_PROXY_URL": "http://tc", **CLIENT}
    assert Access.from_environment(environ).root_url == ROOT


def test_who_only_reads_needs_no_credentials() -> None:
    environ = {"TASKCLUSTER_ROOT_URL": ROOT}
    assert Access.from_environment(environ, anonymous=True) == Access(ROOT)


def test_secrets_are_not_shown() -> None:
    shown = repr(Credentials("me", "secret", "certificate-text"))
    assert "secret" not in shown
    assert "certificate-text" not in shown


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "`TASKCLUSTER_ROOT_URL` is not set"),
        (CLIENT, "`TASKCLUSTER_ROOT_URL` is not set"),
        ({"TASKCLUSTER_ROOT_URL": "tc.example.com", **CLIENT}, "is not an address"),
        ({"TASKCLUSTER_ROOT_URL": "http://127.0.0.1:99999", **CLIENT}, "is not an address"),
        ({"TASKCLUSTER_ROOT_URL": "http://[::1", **CLIENT}, "is not an address"),
        ({"TASKCLUSTER_ROOT_URL": "https://me:pass@tc.example.com", **CLIENT}, "`tc.example.com`"),
        ({"TASKCLUSTER_ROOT_URL": "http://tc example.com", **CLIENT}, "is not an address"),
        ({"TASKCLUSTER_ROOT_URL": f"{ROOT}?x=1", **CLIENT}, f"is not an address: `{ROOT}`"),
        (
            {"TASKCLUSTER_ROOT_URL": ROOT, **CLIENT, "TASKCLUSTER_CLIENT_ID": "me\n"},
            "`TASKCLUSTER_CLIENT_ID` is not a client id",
        ),
        (
            {"TASKCLUSTER_ROOT_URL": ROOT, **CLIENT, "TASKCLUSTER_CLIENT_ID": "\u65e5"},
            "`TASKCLUSTER_CLIENT_ID` is not a client id",
        ),
        (
            {"TASKCLUSTER_ROOT_URL": ROOT, **CLIENT, "TASKCLUSTER_CERTIFICATE": "[]"},
            "`TASKCLUSTER_CERTIFICATE` is not a certificate",
        ),
        ({"TASKCLUSTER_ROOT_URL": ROOT}, "there are no Taskcluster credentials"),
        (
            {"TASKCLUSTER_ROOT_URL": ROOT, "TASKCLUSTER_CLIENT_ID": "me"},
            "`TASKCLUSTER_ACCESS_TOKEN` is not",
        ),
        (
            {"TASKCLUSTER_ROOT_URL": ROOT, "TASKCLUSTER_ACCESS_TOKEN": "secret"},
            "`TASKCLUSTER_CLIENT_ID` is not",
        ),
        (
            {"TASKCLUSTER_ROOT_URL": ROOT, **CLIENT, "TASKCLUSTER_CERTIFICATE": "{"},
            "`TASKCLUSTER_CERTIFICATE` is not JSON",
        ),
    ],
)
def test_what_is_missing_is_named(environ: dict[str, str], said: str) -> None:
    with pytest.raises(RelproError, match=said) as caught:
        Access.from_environment(environ)
    assert [one.code for one in caught.value.diagnostics] == ["Q703"]
    assert caught.value.exit_code == 3


def test_temporary_credentials_are_understood_by_the_service(service: EmbeddedTaskcluster) -> None:
    root = service.root_credentials
    issuer = Client(root["clientId"], root["accessToken"], ("*",), 0)
    now = service.clock.now()
    made = temporary_credentials(
        issuer, "me", ("some:scope",), start=now - 1000, expiry=now + 60_000, seed="s" * 44
    )
    access = Access.from_environment(
        {
            "TASKCLUSTER_ROOT_URL": service.root_url,
            "TASKCLUSTER_CLIENT_ID": made["clientId"],
            "TASKCLUSTER_ACCESS_TOKEN": made["accessToken"],
            "TASKCLUSTER_CERTIFICATE": made["certificate"],
        }
    )
    assert orjson.loads(made["certificate"])["issuer"] == root["clientId"]
    scopes = Queue(Connection(access, patient())).current_scopes()
    assert scopes.satisfy("some:scope")
    assert not scopes.satisfy("other:scope")


def _fields(header: str) -> dict[str, str]:
    assert header.startswith("Hawk ")
    return dict(re.findall(r'(\w+)="([^"]*)"', header))


@given(
    verb=st.sampled_from(["GET", "PUT", "POST"]),
    root=st.sampled_from([ROOT, "http://127.0.0.1:8080", "https://TC.example.com:8443/tc"]),
    path=st.from_regex(r"/[a-zA-Z0-9/._%-]{0,30}(\?limit=[0-9]{1,3}(&a=b)?)?", fullmatch=True),
    token=st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1),
    certificate=st.sampled_from(["", '{"version":1,"seed":"a/b+c"}']),
    timestamp=st.integers(1_500_000_000, 2_000_000_000),
)
def test_a_call_is_signed_as_another_implementation_of_hawk_signs_it(
    verb: str, root: str, path: str, token: str, certificate: str, timestamp: int
) -> None:
    who = Credentials("mozilla-auth0/ad|Example/release-1", token, certificate)
    key = {"id": who.client_id, "key": token, "algorithm": "sha256"}
    sender: Any = mohawk.Sender(
        key,
        f"{root}{path}",
        verb,
        always_hash_content=False,
        ext=who.ext,
        nonce="abcd1234",
        _timestamp=timestamp,
    )
    header = hawk_header(who, verb, f"{root}{path}", timestamp, "abcd1234")
    assert _fields(header) == _fields(sender.request_header)
