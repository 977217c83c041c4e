"""Takes calls of the secrets service; stores secrets by name."""

import orjson

from relpro.embedded.clock import to_milliseconds, to_text
from relpro.embedded.deployment import Call, Reply
from relpro.embedded.errors import Json, not_found
from relpro.embedded.pages import page_of


def get_secret(call: Call) -> Json:
    """Secrets API, get; an expired secret is not found."""
    name = call.params["name"]
    call.require(f"secrets:get:{name}")
    row = call.store.one(
        "select secret, expires from secret where name = ? and expires > ?", name, call.now
    )
    if row is None:
        raise not_found(f"Secret not found: {name}")
    return {"secret": orjson.loads(row[0]), "expires": to_text(row[1])}


def set_secret(call: Call) -> Reply:
    """Secrets API, set."""
    name, body = call.params["name"], call.payload
    call.require(f"secrets:set:{name}")
    secret = orjson.dumps(body["secret"]).decode()
    expires = to_milliseconds(body["expires"])
    call.store.run("insert or replace into secret values (?, ?, ?)", name, secret, expires)
    return Reply(200, {})


def remove_secret(call: Call) -> Reply:
    """Secrets API, remove."""
    name = call.params["name"]
    call.require(f"secrets:set:{name}")
    if not call.store.run("delete from secret where name = ?", name):
        raise not_found(f"Secret not found: {name}")
    return Reply(200, {})


def list_secrets(call: Call) -> Json:
    """Secrets API, list: names, not secrets."""
    call.require("secrets:list-secrets")
    rows, more = page_of(
        call.query,
        lambda offset, limit: call.store.all(
            "select name from secret where expires > ? order by name limit ? offset ?",
            call.now,
            limit,
            offset,
        ),
    )
    return {"secrets": [row[0] for row in rows], **more}
