"""Takes files and their signing formats, gives the payload of signingscript.

Source: signingscript. Only the certificate is a scope; the worker decides which formats it accepts.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.upstream_artifacts import item_schema, published, upstream_artifacts
from relpro.transform.context import Context
from relpro.values import text, whole_number

SCHEMA = {
    Required("signing-type"): text,
    Required("upstream-artifacts"): [
        {**item_schema(authenticode_comment=text), Required("formats"): [text]}
    ],
    Optional("max-run-time"): whole_number,
}

#: Artifacts published beside a signed file, by the suffix of the format.
_BESIDE = {"gpg": ".asc", "rsa": ".sig"}

#: Artifacts published once if a format is used at all, by the suffix of the format.
_KEYS = {"gpg": "public/build/KEY", "rpmsign": "public/build/RPM-KEY"}


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload, the scope of the certificate, and the names of the signed files."""
    worker = description.worker
    items = worker["upstream-artifacts"]
    payload: dict[str, Any] = {"upstreamArtifacts": upstream_artifacts(items)}
    if "max-run-time" in worker:
        payload["maxRunTime"] = worker["max-run-time"]
    scopes = (certificate(ctx, worker["signing-type"]),)
    return Payload(payload, scopes=scopes, artifacts=tuple(dict.fromkeys(_outputs(items))))


def certificate(ctx: Context, signing_type: str) -> str:
    """The scope for signing with the certificate of a type."""
    return f"{ctx.config.scope_prefix}:signing:cert:{signing_type}"


def _outputs(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    keys: list[str] = []
    for item in items:
        ends = [_end(name) for name in item["formats"]]
        # A signed application is packed; a file with a detached signature is not changed.
        packed = any(end not in _BESIDE for end in ends)
        for path in item["paths"]:
            stem = path.removesuffix(".dmg")
            signed = f"{stem}.tar.gz" if packed and stem != path else path
            yield published(signed)
            if "*" not in path:
                yield from (signed + _BESIDE[end] for end in ends if end in _BESIDE)
        keys += [_KEYS[end] for end in ends if end in _KEYS]
    yield from keys


def _end(name: str) -> str:
    """The last part of a format's name: `gcp_prod_autograph_gpg:key` -> `gpg`."""
    return name.partition(":")[0].rpartition("_")[2]
