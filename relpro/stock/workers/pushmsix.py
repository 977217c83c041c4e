"""Takes packages for Windows, gives the payload of pushmsixscript, which uploads them to a store.

Source: pushmsixscript.
"""

from typing import Any

from voluptuous import Optional, Required

from relpro.model.place import Effects, Place
from relpro.model.task import TaskDescription
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.upstream_artifacts import item_schema, upstream_artifacts
from relpro.transform.context import Context
from relpro.values import OneOf, flag, text

SCHEMA = {
    Required("channel"): OneOf("mock", "beta", "release", "esr"),
    Required("upstream-artifacts"): [item_schema(optional=flag)],
    Optional("publish-mode"): text,
}


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload; a task that only simulates a push (`mock`) needs no scope."""
    worker = description.worker
    channel = worker["channel"]
    payload: dict[str, Any] = {
        "channel": channel,
        "upstreamArtifacts": upstream_artifacts(worker["upstream-artifacts"]),
    }
    if "publish-mode" in worker:
        payload["publishMode"] = worker["publish-mode"]
    scope = f"{ctx.config.scope_prefix}:microsoftstore:{channel}"
    if channel == "mock":
        return Payload(payload)
    # A channel belongs to one application, which the script knows. Draft submissions, which a
    # person publishes later, do not reach users.
    end = "/draft" if worker.get("publish-mode") == "Manual" else ""
    effects = Effects((Place("track", f"microsoft/{ctx.config.trust_domain}/{channel}{end}"),))
    return Payload(payload, scopes=(scope,), effects=effects)
