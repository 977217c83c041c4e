"""Takes a signed request; gives the signer and its scopes, or the reason to refuse it.

A caller signs with a Hawk header or, for GET, a bewit in the URL. `ext` may contain a certificate
(temporary credentials) and `authorizedScopes` (auth API, authenticateHawk).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import mohawk.exc
import mohawk.util
import orjson

from relpro.embedded.errors import ApiError, Json
from relpro.embedded.scopes import ScopeSet

#: The tolerance for a caller's clock (auth API), in seconds.
SKEW = 15 * 60


@attrs.frozen
class Client:
    """Credentials that the auth service knows; `expires` in milliseconds."""

    client_id: str
    access_token: str
    scopes: tuple[str, ...]
    expires: int
    disabled: bool = False


@attrs.frozen
class Signed:
    """The signed values, by the names that mohawk reads."""

    method: str
    name: str
    host: str
    port: str
    timestamp: str
    nonce: str
    ext: str
    credentials: Mapping[str, str]
    app: str | None = None
    dlg: str | None = None


@attrs.frozen
class Request:
    """An HTTP request; `path` holds the query string, as it was sent. The body is not signed."""

    method: str
    path: str
    host: str
    authorization: str | None = None
    content_type: str = ""
    body: bytes = b""


@attrs.frozen
class Proof:
    """The content of a header or bewit; `timestamp` is that of signing or, for a bewit, its end."""

    client_id: str
    timestamp: str
    mac: str
    ext: str
    nonce: str = ""
    content_hash: str = ""


@attrs.frozen
class Judge:
    """Identifies the signer; it looks up clients and scopes with the given functions."""

    find_client: Callable[[str], Client | None]
    expand: Callable[[tuple[str, ...]], ScopeSet]
    signing_seconds: Callable[[], float]
    now: Callable[[], int]

    def caller(self, request: Request) -> tuple[str, tuple[str, ...]] | None:
        """The client id and scopes of the caller; None for an anonymous one.

        Raises `AuthenticationFailed` for bad credentials, even if the call needs none.
        """
        if request.authorization:
            return self._header(request, request.authorization)
        if "bewit=" in request.path:
            return self._bewit(request)
        return None

    def _header(self, request: Request, authorization: str) -> tuple[str, tuple[str, ...]]:
        try:
            fields = mohawk.util.parse_authorization_header(authorization)
            proof = Proof(fields["id"], fields["ts"], fields["mac"], fields.get("ext", ""))
            proof = attrs.evolve(proof, nonce=fields["nonce"], content_hash=fields.get("hash", ""))
            timestamp = int(proof.timestamp)
        except (mohawk.exc.HawkFail, KeyError, ValueError):
            raise unauthorized("Unauthorized: Bad header format") from None
        signer = self._signer(proof)
        _check_mac("header", _signed(request, request.path, signer, proof), proof)
        if abs(timestamp - self.signing_seconds()) > SKEW:
            raise unauthorized("Unauthorized: Stale timestamp")
        return proof.client_id, self._scopes(signer, proof)

    def _bewit(self, request: Request) -> tuple[str, tuple[str, ...]]:
        path, _, text = request.path.partition("bewit=")
        try:
            decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
            proof = Proof(*decoded.split("\\"))
            until = int(proof.timestamp)
        except (binascii.Error, ValueError, TypeError):
            raise unauthorized("Unauthorized: Invalid bewit structure") from None
        if request.method != "GET":
            raise unauthorized("Unauthorized: Invalid method")
        if until < self.signing_seconds():
            raise unauthorized("Unauthorized: Access expired")
        signer = self._signer(proof)
        _check_mac("bewit", _signed(request, path[:-1], signer, proof), proof)
        return proof.client_id, self._scopes(signer, proof)

    def _signer(self, proof: Proof) -> Client:
        """The client whose key must have signed; for temporary credentials, with a derived key."""
        certificate, client_id = _ext(proof.ext).get("certificate"), proof.client_id
        issuer = certificate.get("issuer", client_id) if certificate else client_id
        client = self.find_client(issuer)
        if client is None:
            raise unauthorized(f"Unauthorized: Client with clientId '{issuer}' not found")
        if client.disabled:
            raise unauthorized(f"Unauthorized: client `{issuer}` is disabled")
        if client.expires < self.now():
            raise unauthorized(f"Unauthorized: client `{issuer}` has expired")
        if not certificate:
            return client
        self._check_certificate(certificate, client, client_id)
        token = derived_token(client.access_token, certificate["seed"])
        return attrs.evolve(client, access_token=token, scopes=tuple(certificate["scopes"]))

    def _check_certificate(self, certificate: Json, issuer: Client, client_id: str) -> None:
        now = self.now()
        try:
            if certificate["version"] != 1:
                raise unauthorized("ext.certificate.version must be 1")
            if certificate["start"] > now + SKEW * 1000:
                raise unauthorized("ext.certificate.start > now")
            if certificate["expiry"] < now:
                raise unauthorized("ext.certificate.expiry < now")
            expected = signature(certificate, issuer.access_token, client_id)
            if not hmac.compare_digest(expected, certificate["signature"]):
                raise unauthorized("ext.certificate.signature is not valid")
            wanted = tuple(certificate["scopes"])
        except (KeyError, TypeError):
            raise unauthorized("ext.certificate is not well-formed") from None
        if "issuer" in certificate:
            wanted = (*wanted, f"auth:create-client:{client_id}")
        self._check_covered(wanted, issuer.scopes, "ext.certificate issuer `{}`", issuer.client_id)

    def _scopes(self, signer: Client, proof: Proof) -> tuple[str, ...]:
        authorized = _ext(proof.ext).get("authorizedScopes")
        if authorized is None:
            return signer.scopes
        who = "ext.authorizedScopes: client `{}`"
        self._check_covered(authorized, signer.scopes, who, proof.client_id)
        return tuple(authorized)

    def _check_covered(
        self, wanted: tuple[str, ...], held: tuple[str, ...], who: str, client_id: str
    ) -> None:
        scopes = self.expand(held)
        missing = [scope for scope in wanted if not scopes.satisfies(scope)]
        if missing:
            raise unauthorized(f"{who.format(client_id)} doesn't satisfy: {', '.join(missing)}")


def unauthorized(why: str) -> ApiError:
    """401."""
    return ApiError("AuthenticationFailed", why)


def derived_token(access_token: str, seed: str) -> str:
    """The access token of temporary credentials (auth API, temporary credentials)."""
    digest = hmac.new(access_token.encode(), seed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def signature(certificate: Json, access_token: str, client_id: str) -> str:
    """The signature of a certificate; a named one also covers its name and issuer."""
    named = ["clientId:" + client_id, "issuer:" + str(certificate.get("issuer"))]
    lines = [
        f"version:{certificate['version']}",
        *(named if "issuer" in certificate else ()),
        f"seed:{certificate['seed']}",
        f"start:{certificate['start']}",
        f"expiry:{certificate['expiry']}",
        "scopes:",
        *certificate["scopes"],
    ]
    digest = hmac.new(access_token.encode(), "\n".join(lines).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def temporary_credentials(
    issuer: Client, name: str, scopes: tuple[str, ...], *, start: int, expiry: int, seed: str
) -> Json:
    """Named temporary credentials, signed by `issuer`; times in milliseconds."""
    unsigned = {
        "version": 1,
        "scopes": list(scopes),
        "start": start,
        "expiry": expiry,
        "seed": seed,
        "issuer": issuer.client_id,
    }
    certificate = {**unsigned, "signature": signature(unsigned, issuer.access_token, name)}
    return {
        "clientId": name,
        "accessToken": derived_token(issuer.access_token, seed),
        "certificate": orjson.dumps(certificate).decode(),
    }


def bewit(client: Client, path: str, host: str, until: int, scopes: tuple[str, ...]) -> str:
    """A bewit for GET of `path`; `until` in seconds, `scopes` are the only ones it grants."""
    ext = base64.urlsafe_b64encode(orjson.dumps({"authorizedScopes": list(scopes)})).decode()
    request, proof = Request("GET", path, host), Proof(client.client_id, str(until), "", ext)
    mac = mohawk.util.calculate_mac("bewit", _signed(request, path, client, proof), "").decode()
    inner = f"{client.client_id}\\{until}\\{mac}\\{ext}"
    return base64.urlsafe_b64encode(inner.encode()).decode().rstrip("=")


def _signed(request: Request, path: str, signer: Client, proof: Proof) -> Signed:
    host, _, port = request.host.partition(":")
    key = {"id": proof.client_id, "key": signer.access_token, "algorithm": "sha256"}
    return Signed(
        method=request.method,
        name=path,
        host=host,
        port=port or "80",
        timestamp=proof.timestamp,
        nonce=proof.nonce,
        ext=proof.ext,
        credentials=key,
    )


def _check_mac(kind: str, signed: Signed, proof: Proof) -> None:
    expected = mohawk.util.calculate_mac(kind, signed, proof.content_hash).decode()
    if not hmac.compare_digest(expected, proof.mac):
        raise unauthorized("Unauthorized: Bad mac")


def _ext(ext: str) -> dict[str, Any]:
    if not ext:
        return {}
    try:
        text = base64.urlsafe_b64decode(ext.replace("+", "-").replace("/", "_") + "==")
        fields = orjson.loads(text)
    except (binascii.Error, orjson.JSONDecodeError):
        raise unauthorized("Failed to parse ext") from None
    return fields if isinstance(fields, dict) else {}
