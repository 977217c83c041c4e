"""Takes data for the update server, gives the payload of balrogscript.

Source: balrogscript, and its schema for each behavior.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.place import Effects, Place
from relpro.model.task import Json, TaskDescription
from relpro.stock.workers.naming import handed_on, picked
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.upstream_artifacts import item_schema, upstream_artifacts
from relpro.transform.context import Context
from relpro.values import OneOf, flag, percentage, text, whole_number

SCHEMA = {
    Required("behavior"): OneOf(
        "submit-locale",
        "v2-submit-locale",
        "submit-toplevel",
        "v2-submit-toplevel",
        "schedule",
        "set-readonly",
        "submit-system-addons",
    ),
    Required("server"): text,
    Optional("upstream-artifacts"): [item_schema(locale=text)],
    Optional("suffixes"): [text],
    Optional("product"): text,
    Optional("version"): text,
    Optional("build-number"): whole_number,
    Optional("app-version"): text,
    Optional("archive-domain"): text,
    Optional("download-domain"): text,
    Optional("channel-names"): [text],
    Optional("partial-versions"): OneOf(text, [text]),
    Optional("platforms"): [text],
    Optional("require-mirrors"): flag,
    Optional("rules-to-update"): [text],
    Optional("blob-suffix"): text,
    Optional("complete-mar-filename-pattern"): text,
    Optional("complete-mar-bouncer-product-pattern"): text,
    Optional("pin-channels"): OneOf(None, [text]),
    Optional("update-line"): {str: object},
    Optional("publish-rules"): [whole_number],
    Optional("release-eta"): OneOf(None, text),
    # Source: Balrog, tables of rules and of their scheduled changes.
    Optional("background-rate"): OneOf(None, percentage),
    Optional("force-fallback-mapping-update"): OneOf(None, flag),
    Optional("max-run-time"): whole_number,
}

_PLAIN = handed_on(SCHEMA, "server", "upstream-artifacts", "max-run-time")

#: Behaviors that concern a release as a whole, and so need its name and version.
_OF_A_RELEASE = ("submit-toplevel", "v2-submit-toplevel", "schedule", "set-readonly")


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload, and the scope of the server; keys without a value are omitted."""
    worker = description.worker
    behavior = worker["behavior"]
    payload = _release(ctx, behavior)
    payload |= {key: value for key, value in picked(worker, _PLAIN).items() if value is not None}
    if isinstance(partials := payload.get("partial_versions"), list | tuple):
        payload["partial_versions"] = ", ".join(partials)
    if "upstream-artifacts" in worker:
        payload["upstreamArtifacts"] = upstream_artifacts(worker["upstream-artifacts"])
    if "max-run-time" in worker:
        payload["maxRunTime"] = worker["max-run-time"]
    scope = f"{ctx.config.scope_prefix}:balrog:server:{worker['server']}"
    effects = _effects(behavior, worker["server"], payload)
    return Payload(payload, scopes=(scope,), effects=effects)


def _effects(behavior: str, server: str, payload: Mapping[str, Any]) -> Effects:
    """The effects of a behavior on blobs, rules and pins, if it concerns a whole release.

    The script derives the name of a blob from the product. A locale is submitted through a manifest
    that another task makes, so its kind declares the effects. Source: balrogscript.
    """
    if behavior not in _OF_A_RELEASE or "product" not in payload:
        return Effects()
    name = f"{payload['product'].capitalize()}-{payload['version']}-build{payload['build_number']}"
    if behavior.endswith("submit-toplevel"):
        # All blobs have the suffix `blob_suffix`; each key of `update_line` is the suffix of one.
        ends = tuple(payload.get("update_line") or ("",))
        suffix = payload.get("blob_suffix", "")
        blobs = [f"{server}/{name}{suffix}{end}" for end in ends]
        channels = payload.get("channel_names", ())
        return Effects(
            (
                *(Place("blob", blob) for blob in blobs),
                *(Place("channel", f"{blob}/{channel}") for blob in blobs for channel in channels),
                *_rules(server, payload.get("rules_to_update", ())),
                *_pins(server, payload),
            )
        )
    blob = Place("blob", f"{server}/{name}{payload.get('blob_suffix', '')}")
    if behavior == "schedule":
        rules = _rules(server, payload.get("publish_rules", ()))
        return Effects((*rules, *_pins(server, payload)), (blob,))
    return Effects(reads=(blob,))


def _pins(server: str, payload: Mapping[str, Any]) -> Iterator[Place]:
    """For each pinned channel, a pin of the major version and one of the minor version."""
    numbers = re.findall(r"\d+", str(payload["version"]))
    for channel in payload.get("pin_channels") or ():
        for version in (".".join((*numbers[:length], "")) for length in (1, 2)):
            yield Place("pin", f"{server}/{payload['product']}/{channel}/{version}")


def _rules(server: str, rules: Json) -> Iterator[Place]:
    for rule in rules:
        yield Place("rule", f"{server}/{rule}")


def _release(ctx: Context, behavior: str) -> dict[str, object]:
    if behavior not in _OF_A_RELEASE:
        return {}
    parameters: Mapping[str, Any] = ctx.parameters.values
    known = {"version": parameters["version"], "build_number": parameters["build_number"]}
    if behavior.endswith("submit-toplevel"):
        return {**known, "app_version": parameters["app_version"]}
    # balrogscript requires the key of a schedule, even if it is empty.
    return {**known, "release_eta": parameters["release_eta"]} if behavior == "schedule" else known
