"""Takes Android packages, gives the payload of pushapkscript, which uploads them to a store.

Source: pushapkscript. Without `commit`, the store only validates the upload.
"""

from collections.abc import Mapping

from voluptuous import Optional, Required

from relpro.model.place import Effects, Place
from relpro.model.task import TaskDescription
from relpro.stock.workers.naming import handed_on, picked
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

_PLAIN = handed_on(SCHEMA, "product", "upstream-artifacts")


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload, and the scope of the product in the store."""
    worker = description.worker
    payload = picked(worker, _PLAIN)
    payload["upstreamArtifacts"] = upstream_artifacts(worker["upstream-artifacts"])
    scope = f"{ctx.config.scope_prefix}:googleplay:product:{worker['product']}"
    return Payload(payload, scopes=(scope,), effects=_effects(worker))


def _effects(worker: Mapping[str, object]) -> Effects:
    """The track of the store that gets the packages; none if the store only validates."""
    track = worker.get("google-play-track") or worker.get("channel")
    if not (worker.get("commit") or worker.get("submit")) or not track:
        return Effects()
    store = worker.get("target-store", "google")
    return Effects((Place("track", f"{store}/{worker['product']}/{track}"),))
