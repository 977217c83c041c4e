"""Takes Android packages, gives the payload of pushapkscript, which hands them to a store.

Source: pushapkscript. Without `commit` the store is asked, but nothing is published.
"""

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.stock.workers.naming import picked
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.upstream_artifacts import item_schema, upstream_artifacts
from relpro.transform.context import Context
from relpro.values import flag, text, whole_number

SCHEMA = {
    Required("product"): text,
    Required("upstream-artifacts"): [item_schema(optional=flag)],
    Optional("target-store"): text,
    Optional("google-play-track"): text,
    Optional("certificate-alias"): text,
    Optional("channel"): text,
    Optional("rollout-percentage"): whole_number,
    Optional("commit"): flag,
    Optional("submit"): flag,
}

_PLAIN = tuple(str(key) for key in SCHEMA if str(key) not in {"product", "upstream-artifacts"})


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload, and the scope of the product in the store."""
    worker = description.worker
    payload = picked(worker, _PLAIN)
    payload["upstreamArtifacts"] = upstream_artifacts(worker["upstream-artifacts"])
    scope = f"{ctx.config.scope_prefix}:googleplay:product:{worker['product']}"
    return Payload(payload, scopes=(scope,))
