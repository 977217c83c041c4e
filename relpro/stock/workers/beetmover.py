"""Takes files and their destinations, gives the payload of beetmoverscript.

Source: beetmoverscript, whose tasks have two scopes: one names the action, the other the bucket or
the package repository.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.stock.workers.naming import handed_on, picked, snaked
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.uploads import RESOURCES, uploads
from relpro.stock.workers.upstream_artifacts import item_schema, task_id, upstream_artifacts
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.values import OneOf, flag, text, whole_number
from relpro.values.validators import seconds
from relpro.values.wording import shown

#: Actions that need a description of the build whose files they upload.
_UPLOADS = ("push-to-candidates", "push-to-nightly", "push-to-partner", "push-to-system-addons")

_TRANSLATIONS = "upload-translations-artifacts"

#: Every file has a path in the checksums file, possibly empty; not so for translations.
_NO_CHECKSUMS = {"checksums_path": ""}

#: Actions that do not use the build, or get its values in other keys.
_OTHERS = (
    "direct-push-to-bucket",
    "import-from-gcs-to-artifact-registry",
    "push-to-maven",
    "push-to-releases",
    "upload-data",
    _TRANSLATIONS,
)

SCHEMA = {
    Required("action"): OneOf(*_UPLOADS, *_OTHERS),
    Optional("bucket"): text,
    Optional("apt-repo"): text,
    Optional("yum-repo"): text,
    Optional("release-properties"): {
        Required("app-name"): text,
        Optional("app-version"): text,
        Optional("branch"): text,
        Optional("build-id"): text,
        Optional("hash-type"): text,
        Optional("platform"): text,
    },
    Optional("upload-date"): whole_number,
    Optional("upstream-artifacts"): [item_schema(locale=text)],
    Optional("artifact-map"): [
        {
            Required("task"): text,
            Optional("locale"): text,
            Required("paths"): {
                str: {
                    Required("destinations"): [text],
                    Optional("checksums-path"): text,
                    Optional("expiry"): text,
                    Optional("update-balrog-manifest"): flag,
                    Optional("balrog-format"): text,
                    Optional("from-buildid"): text,
                }
            },
        }
    ],
    Optional("locale"): text,
    Optional("version"): text,
    Optional("build-number"): whole_number,
    Optional("next-version"): OneOf(None, text),
    Optional("product"): text,
    Optional("partners"): [text],
    Optional("gcs-sources"): [text],
    Optional("data-map"): [
        {Required("data"): text, Required("content-type"): text, Required("destinations"): [text]}
    ],
    Optional("allow-overwrites"): flag,
    Optional("max-run-time"): whole_number,
}

#: Keys that are passed on unchanged.
_PLAIN = handed_on(
    SCHEMA,
    *("action", "bucket", "apt-repo", "yum-repo", "release-properties", "upload-date"),
    *("upstream-artifacts", "artifact-map", "version", "build-number", "next-version"),
    *("data-map", "max-run-time"),
)

#: Keys of a release that the payload contains if the action reads them.
_BUILD = {
    "push-to-candidates": ("version", "build-number", "next-version"),
    "push-to-nightly": ("version", "build-number", "next-version"),
    "push-to-partner": ("version", "build-number"),
    "push-to-releases": ("version", "build-number"),
    "push-to-maven": ("version",),
}

_SPELT = {"build-id": "buildid", "app-name": "appName", "app-version": "appVersion"}
_PROPERTIES = {**_SPELT, "branch": "branch", "hash-type": "hashType", "platform": "platform"}

#: The suffix of the checksums file, by the tag `kind` of the uploading task. Source:
#: beetmoverscript.
CHECKSUMS = {"beetmover-source": "-source", "release-beetmover-signed-langpacks": "-langpack"}


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload; defaults for the description of the build come from the parameters.

    Raises `Refusal` unless the worker names exactly one resource.
    """
    worker = description.worker
    action = worker["action"]
    payload = {**picked(worker, _PLAIN), **_release(ctx, worker, action)}
    if "release-properties" in worker:
        payload["releaseProperties"] = _properties(ctx, worker, action)
    if action in _UPLOADS:
        payload["upload_date"] = worker.get("upload-date", ctx.parameters["build_date"])
    if "upstream-artifacts" in worker:
        payload["upstreamArtifacts"] = _upstream(worker)
    if "artifact-map" in worker:
        checksums = {} if action == _TRANSLATIONS else _NO_CHECKSUMS
        _demand_durations(worker["artifact-map"])
        payload["artifactMap"] = [_mapped(item, checksums) for item in worker["artifact-map"]]
    if "data-map" in worker:
        payload["dataMap"] = [_datum(item) for item in worker["data-map"]]
    if "max-run-time" in worker:
        payload["maxRunTime"] = worker["max-run-time"]
    artifacts = tuple(_artifacts(description.kind, action))
    scopes = _scopes(ctx, worker, action)
    effects = uploads(worker, payload)
    return Payload(payload, scopes=scopes, artifacts=artifacts, effects=effects)


def _scopes(ctx: Context, worker: Mapping[str, object], action: str) -> tuple[str, str]:
    named = [name for name in RESOURCES if name in worker]
    if len(named) != 1:
        found = " and ".join(f"`{name}`" for name in named) or "none of them"
        what = f"one of `bucket`, `apt-repo` and `yum-repo` is needed, found {found}"
        raise Refusal(what, path=("worker",))
    prefix = f"{ctx.config.scope_prefix}:beetmover"
    return f"{prefix}:action:{action}", f"{prefix}:{named[0]}:{worker[named[0]]}"


def _release(ctx: Context, worker: Mapping[str, object], action: str) -> dict[str, object]:
    found = {}
    for name in _BUILD.get(action, ()):
        key = name.replace("-", "_")
        value = worker[name] if name in worker else ctx.parameters[key]
        if value is not None:
            found[key] = value
    return found


def _properties(ctx: Context, worker: Mapping[str, Any], action: str) -> dict[str, object]:
    given = {_PROPERTIES[key]: value for key, value in worker["release-properties"].items()}
    if action not in _UPLOADS:
        return given
    return {
        "appVersion": ctx.parameters["app_version"],
        "branch": ctx.parameters.project,
        "buildid": ctx.parameters["moz_build_date"],
        "hashType": "sha512",
        **given,
    }


def _upstream(worker: Mapping[str, Any]) -> list[dict[str, Any]]:
    items = upstream_artifacts(worker["upstream-artifacts"])
    if (locale := worker.get("locale")) is not None:
        for item in items:
            item.setdefault("locale", locale)
    return items


def _mapped(item: Mapping[str, Any], checksums: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"taskId": task_id(item["task"])}
    if "locale" in item:
        made["locale"] = item["locale"]
    made["paths"] = {path: {**checksums, **snaked(said)} for path, said in item["paths"].items()}
    for said in made["paths"].values():
        if "expiry" in said:
            said["expiry"] = {"relative-datestamp": said["expiry"]}
    return made


def _demand_durations(items: Sequence[Mapping[str, Any]]) -> None:
    """Raise `Refusal` for an `expiry` that is no duration."""
    files = (said for item in items for said in item["paths"].values())
    words = {said["expiry"] for said in files if "expiry" in said}
    for strange in sorted(one for one in words if seconds(one) is None):
        what = f"`expiry` of a file is rendered to {shown(strange)}"
        raise Refusal(what, "make it a duration such as `1 year`", ("worker", "artifact-map"))


def _datum(item: Mapping[str, object]) -> dict[str, object]:
    return {
        "data": item["data"],
        "contentType": item["content-type"],
        "destinations": item["destinations"],
    }


def _artifacts(kind: str, action: str) -> Iterator[str]:
    if action in ("push-to-candidates", "push-to-nightly"):
        yield "public/manifest.json"
    if action in ("push-to-candidates", "push-to-nightly", "push-to-partner"):
        yield f"public/target{CHECKSUMS.get(kind, '')}.checksums"
