"""Takes download names and their targets, gives the payload of bouncerscript.

Source: bouncerscript, whose tasks have two scopes: one names the server, the other the action.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from voluptuous import Optional, Required

from relpro.model.place import Download, Effects, Place
from relpro.model.task import TaskDescription
from relpro.stock.workers.naming import handed_on, picked, snaked
from relpro.stock.workers.payload import Payload
from relpro.transform.context import Context
from relpro.values import OneOf, flag, text

SCHEMA = {
    Required("action"): OneOf("submission", "aliases", "locations"),
    Optional("server"): text,
    Optional("locales"): [text],
    Optional("submission-entries"): {
        str: {
            Required("options"): {Required("add-locales"): flag, Required("ssl-only"): flag},
            Required("paths-per-bouncer-platform"): {str: text},
        }
    },
    Optional("aliases-entries"): {str: text},
    Optional("bouncer-products"): [text],
    Optional("version"): text,
    Optional("product"): text,
}

_PLAIN = handed_on(SCHEMA, "action", "server", "submission-entries")


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload. Without a `server`, the release level decides."""
    worker = description.worker
    payload = picked(worker, _PLAIN)
    if "submission-entries" in worker:
        entries = worker["submission-entries"].items()
        payload["submission_entries"] = {product: _entry(entry) for product, entry in entries}
    prefix = f"{ctx.config.scope_prefix}:bouncer"
    server = worker.get("server", ctx.release_level)
    scopes = (f"{prefix}:action:{worker['action']}", f"{prefix}:server:{server}")
    names = [Place("download", f"{server}/{name}") for name in worker.get("submission-entries", ())]
    aliases = worker.get("aliases-entries", {})
    written = [Place("alias", f"{server}/{alias}") for alias in aliases]
    read = dict.fromkeys(Place("download", f"{server}/{name}") for name in aliases.values())
    leads = tuple(_downloads(worker))
    effects = Effects(writes=(*names, *written), reads=tuple(read), downloads=leads)
    return Payload(payload, scopes=scopes, effects=effects)


def _downloads(worker: Mapping[str, Any]) -> Iterator[Download]:
    """The targets of download names: paths below `pub/` of the bucket, URL-encoded."""
    locales = tuple(worker.get("locales", ()))
    for name, entry in worker.get("submission-entries", {}).items():
        for path in entry["paths-per-bouncer-platform"].values():
            yield Download(name, f"pub{unquote(path)}", locales)


def _entry(entry: Mapping[str, object]) -> dict[str, object]:
    made = snaked(entry)
    made["options"] = snaked(made["options"])
    return made
