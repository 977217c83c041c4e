"""Upload what a manifest lists of a platform and locale, from where it was signed last."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from voluptuous import Required

from relpro.load.structure import text
from relpro.model.task import Task, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section, each
from transforms._releases import with_release

#: `manifest`: a file of `kinds/data/`; `candidates.yml` shows what is in it.
BEETMOVER = Section("beetmover", {Required("manifest"): text}, required=True)

#: Kind -> the type by which Chain of Trust knows its tasks; signing kinds say so in their name.
_TYPES = {"build": "build", "shippable-l10n": "l10n", "partials": "partials"}


@attrs.frozen
class Upload:
    """One file on its way: the artifact of an upstream task, and where it goes."""

    edge: str
    artifact: str
    destinations: tuple[str, ...]
    extra: Mapping[str, Any]


def add_uploads(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The upstream artifacts, the artifact map, and only the dependencies that are read."""
    manifest = ctx.data(task.sections["beetmover"]["manifest"], task)
    uploads = [*_files(manifest, task), *_partials(manifest, task)]
    locale = task.attributes.get("locale") or "en-US"
    edges = list(dict.fromkeys(upload.edge for upload in uploads))
    task = with_release(ctx, task).with_worker(
        locale=locale,
        upstream_artifacts=[_upstream(task, edge, uploads, locale) for edge in edges],
        artifact_map=[_mapped(edge, uploads, locale, manifest["folder"]) for edge in edges],
    )
    upstream = {edge: task.upstream[edge] for edge in edges}
    return task.replace(upstream=upstream).with_extra(**_extra(task, uploads, locale))


def _files(manifest: Mapping[str, Any], task: TaskDescription) -> Iterator[Upload]:
    locale = task.attributes.get("locale")
    folder = f"public/build/{locale}" if locale else "public/build"
    for name, file in manifest["files"].items():
        if not _wanted(file, task):
            continue
        edge = _source(file, task, f"{folder}/{name}")
        if edge is not None:
            extra = {}
            if file.get("update-balrog-manifest"):
                extra["update-balrog-manifest"] = True
            yield Upload(edge, f"{folder}/{name}", tuple(file["destinations"]), extra)


def _wanted(file: Mapping[str, Any], task: TaskDescription) -> bool:
    if file.get("only-en-US") and task.attributes.get("locale"):
        return False
    return re.fullmatch(file.get("only-for", ".*"), task.attributes["build_platform"]) is not None


def _source(file: Mapping[str, Any], task: TaskDescription, artifact: str) -> str | None:
    """The first upstream task of the manifest's kinds that makes the artifact."""
    for edge in file["from"]:
        upstream = task.upstream.get(edge)
        if upstream is not None and upstream.makes(artifact):
            return str(edge)
    return None


def _partials(manifest: Mapping[str, Any], task: TaskDescription) -> Iterator[Upload]:
    section = manifest["partials"]
    for edge in section["from"]:
        upstream = task.upstream.get(edge)
        if upstream is None:
            continue
        for artifact in sorted(upstream.artifacts):
            partial = _partial_of(upstream, artifact)
            if partial is not None:
                target = section["destination"].replace("{}", partial["previousVersion"])
                extra = {"update-balrog-manifest": True, "from-buildid": partial["buildid"]}
                yield Upload(edge, artifact, (target,), extra)


def _partial_of(upstream: Task, artifact: str) -> Mapping[str, Any] | None:
    partials: Mapping[str, Mapping[str, Any]] = upstream.attributes.get("partials", {})
    return partials.get(artifact.rpartition("/")[2])


def _upstream(
    task: TaskDescription, edge: str, uploads: list[Upload], locale: str
) -> dict[str, Any]:
    return {
        "task": edge,
        "type": _type(task.upstream[edge].kind),
        "paths": [upload.artifact for upload in uploads if upload.edge == edge],
        "locale": locale,
    }


def _type(kind: str) -> str:
    if "signing" in kind or "notarization" in kind:
        return "signing"
    return _TYPES.get(kind, "repackage")


def _mapped(edge: str, uploads: list[Upload], locale: str, folder: str) -> dict[str, Any]:
    return {
        "task": edge,
        "locale": locale,
        "paths": {
            upload.artifact: {
                "destinations": [f"{folder}/{place}" for place in upload.destinations],
                "checksums-path": upload.destinations[0],
                **upload.extra,
            }
            for upload in uploads
            if upload.edge == edge
        },
    }


def _extra(task: TaskDescription, uploads: list[Upload], locale: str) -> dict[str, Any]:
    """What beetmover reads about partial updates."""
    partials = []
    for upload in uploads:
        build = _partial_of(task.upstream[upload.edge], upload.artifact)
        if build is not None:
            partials.append(
                {
                    "artifact_name": upload.artifact.rpartition("/")[2],
                    "buildid": build["buildid"],
                    "locale": locale,
                    "platform": task.attributes["build_platform"],
                    "previousBuildNumber": str(build.get("previousBuildNumber", "")),
                    "previousVersion": build.get("previousVersion", ""),
                }
            )
    return {"partials": partials} if partials else {}


transforms = (each(add_uploads, BEETMOVER),)
