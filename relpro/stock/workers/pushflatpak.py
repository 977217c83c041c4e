"""Takes flatpaks, gives the payload of pushflatpakscript, which uploads them to a store.

Source: pushflatpakscript.
"""

from voluptuous import Optional, Required

from relpro.model.place import Effects, Place
from relpro.model.task import TaskDescription
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.upstream_artifacts import item_schema, upstream_artifacts
from relpro.transform.context import Context
from relpro.values import OneOf, text

SCHEMA = {
    Required("channel"): OneOf("mock", "beta", "stable"),
    Optional("product"): text,
    Optional("app-id"): text,
    Required("upstream-artifacts"): [item_schema()],
}


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload, and a scope for the channel (of one product or app, if the worker names it)."""
    worker = description.worker
    channel = worker["channel"]
    payload = {
        "channel": channel,
        "upstreamArtifacts": upstream_artifacts(worker["upstream-artifacts"]),
    }
    parts = (worker.get("product"), channel, worker.get("app-id"))
    scope = ":".join((ctx.config.scope_prefix, "flathub", *(part for part in parts if part)))
    if channel == "mock":
        return Payload(payload)
    name = worker.get("app-id") or worker.get("product") or ctx.config.trust_domain
    effects = Effects((Place("track", f"flathub/{name}/{channel}"),))
    return Payload(payload, scopes=(scope,), effects=effects)
