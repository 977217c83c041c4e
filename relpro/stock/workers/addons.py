"""Takes add-ons, gives the payload of addonscript, which submits them for signing.

Source: addonscript. Its scopes have the same prefix for every product.
"""

from collections.abc import Iterator, Mapping

from voluptuous import Optional, Required

from relpro.model.place import Effects, Place
from relpro.model.task import TaskDescription
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.upstream_artifacts import item_schema, upstream_artifacts
from relpro.transform.context import Context
from relpro.values import OneOf, text

SCHEMA = {
    Required("channel"): OneOf("listed", "unlisted"),
    Optional("server"): text,
    Optional("product"): text,
    Required("upstream-artifacts"): [item_schema(locale=text)],
}


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload. Without a `server`, the release level decides."""
    worker = description.worker
    items = worker["upstream-artifacts"]
    server = worker.get("server", ctx.release_level)
    # Add-ons of different products have different ids, which are inside the files.
    product, version = worker.get("product", ctx.config.trust_domain), ctx.parameters["version"]
    written = (
        Place("add-on", f"{server}/{worker['channel']}/{product}/{version}/{item['locale']}")
        for item in items
        if item.get("locale")
    )
    return Payload(
        {"channel": worker["channel"], "upstreamArtifacts": upstream_artifacts(items)},
        scopes=(f"project:releng:addons.mozilla.org:server:{server}",),
        artifacts=tuple(dict.fromkeys(_outputs(items))),
        effects=Effects(tuple(written)),
    )


def _outputs(items: list[Mapping[str, object]]) -> Iterator[str]:
    for item in items:
        locale = item.get("locale")
        yield f"public/build/{locale}/target.langpack.xpi" if locale else "public/build/"
