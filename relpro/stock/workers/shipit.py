"""Takes data about a release for Ship-it, gives the payload of shipitscript.

Source: shipitscript, whose tasks have two scopes: one names the server, the other the action.
"""

from voluptuous import Optional, Required

from relpro.model.place import Effects, Place
from relpro.model.task import TaskDescription
from relpro.stock.workers.naming import handed_on, picked
from relpro.stock.workers.payload import Payload
from relpro.transform.context import Context
from relpro.values import OneOf, text, whole_number

SCHEMA = {
    Required("action"): OneOf(
        "mark-as-shipped",
        "mark-as-merged",
        "create-new-release",
        "create-new-nightly-release",
        "update-product-channel-version",
    ),
    Optional("server"): text,
    Optional("release-name"): text,
    Optional("automation-id"): whole_number,
    Optional("product"): text,
    Optional("branch"): text,
    Optional("phase"): text,
    Optional("version"): text,
    Optional("cron-revision"): text,
    Optional("channel"): text,
    Optional("buildid"): text,
    Optional("locales"): [text],
}

_PLAIN = handed_on(SCHEMA, "action", "server")


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload. Without a `server`, the release level decides."""
    worker = description.worker
    prefix = f"{ctx.config.scope_prefix}:ship-it"
    server = worker.get("server", ctx.release_level)
    scopes = (f"{prefix}:action:{worker['action']}", f"{prefix}:server:{server}")
    marks = worker["action"] == "mark-as-shipped" and "release-name" in worker
    written = (Place("record", f"{server}/{worker['release-name']}"),) if marks else ()
    return Payload(picked(worker, _PLAIN), scopes=scopes, effects=Effects(written))
