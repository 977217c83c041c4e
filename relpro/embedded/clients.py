"""Takes calls of the auth service; stores clients and roles, and expands scopes."""

import secrets
from typing import Any

import attrs
import orjson

from relpro.embedded.clock import to_milliseconds, to_text
from relpro.embedded.deployment import Call, Reply, add_client
from relpro.embedded.errors import Json, bad_input, conflict, not_found
from relpro.embedded.hawk import Client
from relpro.embedded.scopes import AllOf, normalised
from relpro.embedded.store import Row


def create_client(call: Call) -> Json:
    """Auth API, createClient: the only answer with an access token besides resetAccessToken."""
    client_id, body = call.params["clientId"], call.payload
    scopes = tuple(body.get("scopes", ()))
    call.require(AllOf((f"auth:create-client:{client_id}", *scopes)))
    if call.deployment.client(client_id):
        raise conflict(f"client `{client_id}` already exists")
    token = secrets.token_urlsafe(33)
    client = Client(client_id, token, scopes, to_milliseconds(body["expires"]))
    add_client(call.store, client, body["description"], call.now)
    call.deployment.forget_scopes()
    return {**_shown(call, client_id), "accessToken": token}


def update_client(call: Call) -> Json:
    """Auth API, updateClient."""
    client, body = _get(call), call.payload
    scopes = tuple(body.get("scopes", client.scopes))
    call.require(AllOf((f"auth:update-client:{client.client_id}", *scopes)))
    expires = to_milliseconds(body["expires"])
    changed = attrs.evolve(client, scopes=scopes, expires=expires)
    return _replace(call, changed, body["description"])


def reset_access_token(call: Call) -> Json:
    """Auth API, resetAccessToken."""
    client = _get(call)
    call.require(f"auth:reset-access-token:{client.client_id}")
    token = secrets.token_urlsafe(33)
    shown = _replace(call, attrs.evolve(client, access_token=token))
    return {**shown, "accessToken": token}


def disable_client(call: Call) -> Json:
    """Auth API, disableClient."""
    client = _get(call)
    call.require(f"auth:disable-client:{client.client_id}")
    return _replace(call, attrs.evolve(client, disabled=True))


def enable_client(call: Call) -> Json:
    """Auth API, enableClient."""
    client = _get(call)
    call.require(f"auth:enable-client:{client.client_id}")
    return _replace(call, attrs.evolve(client, disabled=False))


def client(call: Call) -> Json:
    """Auth API, client."""
    call.require(f"auth:get-client:{call.params['clientId']}")
    return _shown(call, _get(call).client_id)


def delete_client(call: Call) -> Reply:
    """Auth API, deleteClient."""
    call.require(f"auth:delete-client:{call.params['clientId']}")
    call.store.run("delete from client where client_id = ?", call.params["clientId"])
    call.deployment.forget_scopes()
    return Reply(200, {})


def create_role(call: Call) -> Json:
    """Auth API, createRole."""
    role_id, body = call.params["roleId"], call.payload
    call.require(AllOf((f"auth:create-role:{role_id}", *body["scopes"])))
    if _find_role(call):
        raise conflict(f"role `{role_id}` already exists")
    return _keep_role(call)


def update_role(call: Call) -> Json:
    """Auth API, updateRole."""
    row = _find_role(call)
    if row is None:
        raise not_found(f"role `{call.params['roleId']}` not found")
    held = set(orjson.loads(row[2]))
    new = [scope for scope in call.payload["scopes"] if scope not in held]
    call.require(AllOf((f"auth:update-role:{call.params['roleId']}", *new)))
    return _keep_role(call)


def role(call: Call) -> Json:
    """Auth API, role."""
    call.require(f"auth:get-role:{call.params['roleId']}")
    row = _find_role(call)
    if row is None:
        raise not_found(f"role `{call.params['roleId']}` not found")
    return _role(call, row)


def list_roles(call: Call) -> list[Json]:
    """Auth API, listRoles."""
    call.require("auth:list-roles")
    sql = "select role_id, description, scopes, created from role order by role_id"
    return [_role(call, row) for row in call.store.all(sql)]


def delete_role(call: Call) -> Reply:
    """Auth API, deleteRole."""
    call.require(f"auth:delete-role:{call.params['roleId']}")
    call.store.run("delete from role where role_id = ?", call.params["roleId"])
    call.deployment.forget_scopes()
    return Reply(200, {})


def current_scopes(call: Call) -> Json:
    """Auth API, currentScopes."""
    call.require("auth:current-scopes")
    return {"scopes": normalised(call.scopes().scopes)}


def expand_scopes(call: Call) -> Json:
    """Auth API, expandScopes: all scopes that these imply."""
    call.require("auth:expand-scopes")
    held = tuple(call.payload["scopes"])
    return {"scopes": normalised(call.deployment.scopes(held).scopes)}


def test_authenticate(call: Call) -> Json:
    """Auth API, testAuthenticate: for client `tester`, with the scopes of the body."""
    body = call.payload
    if not call.caller or call.caller.client_id != "tester":
        raise bad_input("testAuthenticate is for the client `tester`")
    held = call.deployment.scopes(tuple(body["clientScopes"]))
    caller = attrs.evolve(call.caller, scopes=held)
    attrs.evolve(call, caller=caller).require(AllOf(tuple(body["requiredScopes"])))
    return {"clientId": "tester", "scopes": normalised(held.scopes)}


def _get(call: Call) -> Client:
    found = call.deployment.client(call.params["clientId"])
    if found is None:
        raise not_found(f"client `{call.params['clientId']}` not found")
    return found


def _replace(call: Call, changed: Client, description: str | None = None) -> Json:
    told = _shown(call, changed.client_id)["description"] if description is None else description
    add_client(call.store, changed, told, call.now)
    call.deployment.forget_scopes()
    return _shown(call, changed.client_id)


def _shown(call: Call, client_id: str) -> dict[str, Any]:
    row = call.store.one(
        "select description, scopes, expires, created, disabled from client where client_id = ?",
        client_id,
    )
    assert row is not None
    scopes = tuple(orjson.loads(row[1]))
    created = to_text(row[3])
    return {
        "clientId": client_id,
        "description": row[0],
        "scopes": list(scopes),
        "expandedScopes": normalised(call.deployment.scopes(scopes).scopes),
        "expires": to_text(row[2]),
        "created": created,
        "lastModified": created,
        "lastDateUsed": created,
        "lastRotated": created,
        "deleteOnExpiration": False,
        "disabled": bool(row[4]),
    }


def _find_role(call: Call) -> Row | None:
    sql = "select role_id, description, scopes, created from role where role_id = ?"
    return call.store.one(sql, call.params["roleId"])


def _keep_role(call: Call) -> Json:
    role_id, body = call.params["roleId"], call.payload
    scopes = orjson.dumps(body["scopes"]).decode()
    row = (role_id, body["description"], scopes, call.now)
    call.store.run("insert or replace into role values (?, ?, ?, ?)", *row)
    call.deployment.forget_scopes()
    return _role(call, row)


def _role(call: Call, row: Row) -> Json:
    scopes = orjson.loads(row[2])
    expanded = call.deployment.scopes((f"assume:{row[0]}",))
    return {
        "roleId": row[0],
        "description": row[1],
        "scopes": scopes,
        "expandedScopes": normalised(expanded.scopes),
        "created": to_text(row[3]),
        "lastModified": to_text(row[3]),
    }
