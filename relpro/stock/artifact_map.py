"""Takes a manifest and upstream tasks, gives the uploads of beetmover.

```yaml
transforms: [relpro.stock.from_deps, relpro.stock.artifact_map]
tasks:
  upload:
    from-deps: {group-by: platform-locale}
    artifact-map:
      manifest: candidates.yml           # a file of kinds/data/: see relpro.stock.upload_manifest
      wait-for: [upload-symbols]         # edges to keep although none of their files is uploaded
    worker: {action: push-to-candidates, bucket: release, max-run-time: 600}
```

`worker` gets `upstream-artifacts`, `artifact-map`, and, if the task has a locale, `locale`. Edges
whose files are not uploaded are removed. A task with `chunk_locales` uploads files for each of
them; a task without a locale has en-US. The manifest can use the variable `upload-moment`, the time
of the build, as `2026/01/2026-01-31-23-59-59`. A task that uploads nothing is an error (T411). If
the task uploads deb or RPM packages, it gets the attributes `uploads-packages` and
`uploaded-packages`, for tasks that import them into a package repository. `extra: partials`
describes partial updates for beetmover.
"""

import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import attrs
from voluptuous import Optional, Required

from relpro.model.task import Task, TaskDescription
from relpro.stock.grouping import SOURCE_LOCALE
from relpro.stock.upload_manifest import (
    MANIFEST,
    Manifest,
    ManifestFile,
    as_list,
    as_text,
    make_manifest,
)
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.transform.template import Scope, Unrenderable
from relpro.values import text

ARTIFACT_MAP = Section("artifact-map", {Required("manifest"): text, Optional("wait-for"): [text]})

#: Part of a kind's name -> the type of its tasks in Chain of Trust.
_TYPES = {
    "signing": "signing",
    "notarization": "signing",
    "beetmover": "beetmover",
    "partials": "partials",
    "repackage": "repackage",
}


@attrs.frozen
class Upload:
    """One file to upload: the artifact of an upstream task, and its destination below `folder`."""

    edge: str
    artifact: str
    locale: str
    folder: str
    destinations: tuple[str, ...]
    extra: Mapping[str, Any]
    is_named: bool = False

    @property
    def is_package(self) -> bool:
        """Whether it is installed from a package repository."""
        return self.artifact.endswith((".deb", ".rpm"))

    def to_yaml(self) -> dict[str, object]:
        """The item of the artifact map."""
        first = self.destinations[0]
        return {
            "destinations": [f"{self.folder}/{place}" for place in self.destinations],
            "checksums-path": first.rpartition("/")[2] if self.is_named else first,
            **self.extra,
        }


def add_uploads(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The upstream artifacts, the artifact map, and only the dependencies that are read.

    Raises `Refusal` if no upstream task makes any file of the manifest.
    """
    section = task.sections.get("artifact-map")
    if section is None:
        return task
    name = section["manifest"]
    manifest = ctx.once_for_kind(make_manifest, ctx.files.content(name, MANIFEST))
    # The time of the build, as used in names of folders.
    moment = time.strftime("%Y/%m/%Y-%m-%d-%H-%M-%S", time.gmtime(ctx.parameters["build_date"]))
    try:
        uploads = [
            upload
            for one in _of_each_locale(task.with_attributes(upload_moment=moment))
            for upload in _uploads(manifest, one, ctx.scope_of(one))
        ]
    except Unrenderable as problem:
        raise ctx.files.located(name, problem) from None
    if not uploads:
        what = f"nothing that `{name}` names is made for task `{task.name}`"
        raise Refusal(what, path=("artifact-map", "manifest"))
    groups: dict[tuple[str, str], list[Upload]] = {}
    for upload in uploads:
        groups.setdefault((upload.edge, upload.locale), []).append(upload)
    types = manifest.types
    made = task.with_worker(
        **_locale(task),
        upstream_artifacts=[_upstream(task, types, *key, group) for key, group in groups.items()],
        artifact_map=[_mapped(*key, group) for key, group in groups.items()],
    )
    awaited = [edge for edge in section.get("wait-for", ()) if edge in task.upstream]
    edges = dict.fromkeys([*(edge for edge, _ in groups), *awaited])
    made = made.replace(upstream={edge: task.upstream[edge] for edge in edges})
    packages = [f"{one.folder}/{one.destinations[0]}" for one in uploads if one.is_package]
    if packages:
        made = made.with_attributes(uploads_packages=True, uploaded_packages=packages)
    partials = list(_extra_partials(task, uploads))
    return made.with_extra(partials=partials) if partials else made


def _of_each_locale(task: TaskDescription) -> Iterator[TaskDescription]:
    """For each locale of a task, the task as if it had only that locale."""
    locales = task.attributes.get("chunk_locales")
    if not locales:
        yield task
    for locale in locales or ():
        yield task.with_attributes(locale=None if locale == SOURCE_LOCALE else locale)


def _locale(task: TaskDescription) -> dict[str, str]:
    if task.attributes.get("chunk_locales"):
        return {}
    return {"locale": task.attributes.get("locale") or SOURCE_LOCALE}


def _uploads(manifest: Manifest, task: TaskDescription, scope: Scope) -> Iterator[Upload]:
    folder = as_text(manifest.folder.render(scope), ("folder",))
    expiry = manifest.expiry.render(scope)
    yield from _files(manifest, task, scope, folder, expiry)
    yield from _partials(manifest, task, scope, folder, expiry)


def _files(
    manifest: Manifest, task: TaskDescription, scope: Scope, folder: str, expiry: str | None
) -> Iterator[Upload]:
    locale = task.attributes.get("locale")
    made_in = f"public/build/{locale}" if locale else "public/build"
    for file in manifest.files:
        if not file.concerns(task, scope):
            continue
        said = file.said.render(scope)
        artifact = said.get("artifact") or f"{made_in}/{file.name.render(scope)}"
        as_text(artifact, (*file.path, "artifact"))
        edge = _source(file, task, artifact)
        if edge is not None:
            extra = {"update-balrog-manifest": True} if said.get("update-balrog-manifest") else {}
            if words := said.get("expiry", expiry):
                extra["expiry"] = words
            path = (*file.path, "destinations")
            places = tuple(as_text(place, path) for place in as_list(said["destinations"], path))
            named = manifest.names_checksums
            yield Upload(edge, artifact, locale or SOURCE_LOCALE, folder, places, extra, named)


def _source(file: ManifestFile, task: TaskDescription, artifact: str) -> str | None:
    """The first upstream task of the manifest's kinds that makes the artifact."""
    for edge in file.sources:
        upstream = task.upstream.get(edge)
        if upstream is not None and upstream.makes(artifact):
            return edge
    return None


def _partials(
    manifest: Manifest, task: TaskDescription, scope: Scope, folder: str, expiry: str | None
) -> Iterator[Upload]:
    locale = task.attributes.get("locale") or SOURCE_LOCALE
    for edge in manifest.partial_sources:
        upstream = task.upstream.get(edge)
        if upstream is None:
            continue
        path = ("partials", "destination")
        destination = as_text(manifest.partial_destination.render(scope), path)
        for artifact in sorted(upstream.artifacts):
            partial = _partial_of(upstream, artifact)
            if partial is not None:
                before = partial.get("previousVersion") or partial["buildid"]
                place = destination.replace("{}", before)
                extra = {"update-balrog-manifest": True, "from-buildid": partial["buildid"]}
                if expiry:
                    extra["expiry"] = expiry
                named = manifest.names_checksums
                yield Upload(edge, artifact, locale, folder, (place,), extra, named)


def _partial_of(upstream: Task, artifact: str) -> Mapping[str, Any] | None:
    partials: Mapping[str, Mapping[str, Any]] = upstream.attributes.get("partials", {})
    return partials.get(artifact.rpartition("/")[2])


def _upstream(
    task: TaskDescription,
    types: Mapping[str, str],
    edge: str,
    locale: str,
    uploads: list[Upload],
) -> dict[str, Any]:
    kind = task.upstream[edge].kind
    return {
        "task": edge,
        "type": types.get(kind) or chain_of_trust_type(kind),
        "paths": [upload.artifact for upload in uploads],
        "locale": locale,
    }


@cache
def chain_of_trust_type(kind: str) -> str:
    """The type of a kind's tasks in Chain of Trust, derived from the kind's name."""
    return next((known for part, known in _TYPES.items() if part in kind), "build")


def _mapped(edge: str, locale: str, uploads: list[Upload]) -> dict[str, Any]:
    return {
        "task": edge,
        "locale": locale,
        "paths": {upload.artifact: upload.to_yaml() for upload in uploads},
    }


def _extra_partials(task: TaskDescription, uploads: list[Upload]) -> Iterator[dict[str, Any]]:
    """The description of partial updates for beetmover."""
    for upload in uploads:
        build = _partial_of(task.upstream[upload.edge], upload.artifact)
        if build is not None:
            yield {
                "artifact_name": upload.artifact.rpartition("/")[2],
                "buildid": build["buildid"],
                "locale": upload.locale,
                "platform": task.attributes["build_platform"],
                "previousBuildNumber": str(build.get("previousBuildNumber", "")),
                "previousVersion": build.get("previousVersion", ""),
            }


transforms = (each(add_uploads, ARTIFACT_MAP),)
