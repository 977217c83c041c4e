"""Takes files for Macs and their signing formats, gives the payload of iscript.

Source: iscript, which signs on Mac hardware. Keys of its payload are written with dashes.
"""

from collections.abc import Iterator
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.stock.workers.naming import handed_on, snaked
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.signing import certificate
from relpro.stock.workers.upstream_artifacts import (
    every_path,
    item_schema,
    published,
    upstream_artifacts,
)
from relpro.transform.context import Context
from relpro.values import OneOf, flag, text, whole_number

_DEFAULT_BEHAVIOR = "mac_sign"

SCHEMA = {
    Required("signing-type"): text,
    Required("upstream-artifacts"): [item_schema(formats=[text])],
    Optional("behavior"): OneOf(
        "mac_geckodriver",
        "mac_sign",
        "mac_sign_hardened",
        "mac_sign_and_pkg_hardened",
        "mac_sign_and_pkg",
        "mac_single_file",
        "mac_sign_pkg",
        "mac_sign_and_pkg_vpn",
    ),
    Optional("product"): text,
    Optional("entitlements-url"): text,
    Optional("requirements-plist-url"): text,
    Optional("provisioning-profile-url"): text,
    Optional("hardened-sign-config"): [
        {
            Optional("deep"): flag,
            Optional("runtime"): flag,
            Optional("force"): flag,
            Optional("entitlements"): text,
            Optional("libconstraints"): text,
            Required("globs"): [text],
        }
    ],
    Optional("provisioning-profile-config"): [
        {Required("profile-name"): text, Required("target-path"): text}
    ],
    Optional("max-run-time"): whole_number,
}

_PLAIN = handed_on(
    SCHEMA, "signing-type", "upstream-artifacts", "provisioning-profile-config", "max-run-time"
)


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload, the scope of the certificate, and the names of the signed files."""
    worker = description.worker
    items = worker["upstream-artifacts"]
    payload: dict[str, Any] = {name: worker[name] for name in _PLAIN if name in worker}
    payload["upstreamArtifacts"] = upstream_artifacts(items)
    if "provisioning-profile-config" in worker:
        profiles = [snaked(profile) for profile in worker["provisioning-profile-config"]]
        payload["provisioning-profile-config"] = profiles
    if "max-run-time" in worker:
        payload["maxRunTime"] = worker["max-run-time"]
    behavior = worker.get("behavior", _DEFAULT_BEHAVIOR)
    outputs = (name for path in every_path(items) for name in _outputs(path, behavior))
    return Payload(
        payload,
        scopes=(certificate(ctx, worker["signing-type"]),),
        artifacts=tuple(dict.fromkeys(outputs)),
    )


def _outputs(path: str, behavior: str) -> Iterator[str]:
    """The artifacts for one file: an app is packed, and also made a package if requested."""
    stem = path.removesuffix(".dmg").removesuffix(".tar.gz")
    if stem == path:
        yield published(path)
        return
    yield f"{stem}.tar.gz"
    if "_and_pkg" in behavior:
        yield f"{stem}.pkg"
