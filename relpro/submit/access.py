"""Takes the environment, gives the URL of Taskcluster and the credentials."""

import base64
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import attrs
import orjson

from relpro.errors import Diagnostic, RelproError, Unreachable

_ROOT_URL = "TASKCLUSTER_ROOT_URL"
_PROXY_URL = "TASKCLUSTER_PROXY_URL"
_CLIENT_ID = "TASKCLUSTER_CLIENT_ID"
_ACCESS_TOKEN = "TASKCLUSTER_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
_CERTIFICATE = "TASKCLUSTER_CERTIFICATE"


def is_on_loopback(address: str) -> bool:
    """Whether only processes of this machine reach the host of an address."""
    return urlsplit(address).hostname in {"127.0.0.1", "localhost", "::1"}


@attrs.frozen
class Credentials:
    """Credentials. Temporary ones have a `certificate`, which is JSON text."""

    client_id: str
    access_token: str = attrs.field(repr=False)
    certificate: str = attrs.field(default="", repr=False)

    @property
    def ext(self) -> str | None:
        """The `ext` of a hawk header: the certificate, if there is one (auth API, hawk)."""
        if not self.certificate:
            return None
        fields = orjson.dumps({"certificate": orjson.loads(self.certificate)})
        return base64.b64encode(fields).decode()


@attrs.frozen
class Access:
    """The URLs of the services, and the credentials that sign calls, unless a proxy signs."""

    root_url: str
    credentials: Credentials | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, anonymous: bool = False) -> "Access":
        """The access in environment variables of a task or a shell.

        Credentials take precedence over the proxy of a task, which signs by itself. `anonymous`
        allows a caller without either to read public data. Raises `Unreachable` (Q703) if something
        is missing.
        """
        credentials = _credentials(environ)
        if credentials is None and environ.get(_PROXY_URL):
            return cls(_url(_PROXY_URL, environ))
        root_url = _url(_ROOT_URL, environ)
        if credentials is None and not anonymous:
            remedy = (
                f"set `{_CLIENT_ID}` and `{_ACCESS_TOKEN}` (`taskcluster signin` does),"
                " or give the task the feature `taskclusterProxy`"
            )
            raise _missing("there are no Taskcluster credentials", remedy)
        return cls(root_url, credentials)

    def url(self, path: str) -> str:
        """The URL of a path such as `/api/queue/v1/ping`."""
        return f"{self.root_url}{path}"

    def sign(self, verb: str, url: str) -> Mapping[str, str]:
        """The headers that authenticate a call; none without credentials."""
        who = self.credentials
        if who is None:
            return {}
        header = hawk_header(who, verb, url, int(time.time()), secrets.token_urlsafe(6))
        return {"Authorization": header}


def hawk_header(who: Credentials, verb: str, url: str, timestamp: int, nonce: str) -> str:
    """The header with which `who` signs a call, without the body. `timestamp` is in seconds.

    Source: Hawk 1.1, normalized request string and `mac`. Implemented here because libraries parse
    the header that they made, which took a third of the time of a call.
    """
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    resource = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    ext = who.ext or ""
    signed = (timestamp, nonce, verb.upper(), resource, parts.hostname, port, "", ext)
    text = "".join(f"{part}\n" for part in ("hawk.1.header", *signed))
    digest = hmac.digest(who.access_token.encode(), text.encode(), "sha256")
    mac = base64.b64encode(digest).decode()
    header = f'Hawk id="{who.client_id}", ts="{timestamp}", nonce="{nonce}", mac="{mac}"'
    return f'{header}, ext="{ext}"' if ext else header


def _url(name: str, environ: Mapping[str, str]) -> str:
    url = environ.get(name)
    if not url:
        raise _missing(f"`{name}` is not set", f"set `{name}`, as `https://tc.example.com`")
    if not _is_address(url):
        # Text before an `@` may be a password, text after `?` or `#` a token: neither is shown.
        shown = re.split("[?#]", url.rpartition("@")[2])[0]
        raise _missing(
            f"`{name}` is not an address: `{shown}`", "write it as `https://tc.example.com`"
        )
    return url.rstrip("/")


def _is_address(url: str) -> bool:
    """Whether it can be a base URL: a scheme, a host, optionally a port and a path."""
    if not is_on_the_web(url):
        return False
    parts = urlsplit(url)
    return not (parts.query or parts.fragment or "@" in parts.netloc)


def is_on_the_web(url: str) -> bool:
    """Whether a text is an http or https URL."""
    try:
        parts = urlsplit(url)
        usable = parts.port != 0 and bool(parts.hostname)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and usable and not any(map(str.isspace, url))


def _credentials(environ: Mapping[str, str]) -> Credentials | None:
    client_id, token = environ.get(_CLIENT_ID), environ.get(_ACCESS_TOKEN)
    if not client_id and not token:
        return None
    if not client_id or not token:
        there, missing = (_CLIENT_ID, _ACCESS_TOKEN) if client_id else (_ACCESS_TOKEN, _CLIENT_ID)
        raise _missing(f"`{there}` is set, and `{missing}` is not", f"set `{missing}`")
    if not (client_id.isascii() and client_id.isprintable() and '"' not in client_id):
        raise _missing(f"`{_CLIENT_ID}` is not a client id: {client_id!r}", "sign in again")
    certificate = environ.get(_CERTIFICATE, "")
    try:
        if certificate and not isinstance(orjson.loads(certificate), dict):
            raise _missing(f"`{_CERTIFICATE}` is not a certificate", "sign in again")
    except orjson.JSONDecodeError:
        raise _missing(f"`{_CERTIFICATE}` is not JSON", "sign in again") from None
    return Credentials(client_id, token, certificate)


def _missing(what: str, remedy: str) -> RelproError:
    return Unreachable(Diagnostic("Q703", what, context="the environment", remedy=remedy))
