"""Takes a task of a graph file, gives it in terms that taskgraph and relpro have in common.

What the two do otherwise by design is rewritten, on both sides, so that what is left of a
difference is meant. docs/how-to/adopt-relpro.md lists it. Source: taskgraph 24.5, its transforms.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from relpro.graph.difference.payloads import (
    CACHE_END,
    FETCH,
    IMAGES,
    TOOLCHAIN,
    Body,
    payload_alike,
)
from relpro.model.task import Json

#: What stands in the description of a task that Treeherder shows.
_PUSH_LINK: Final = re.compile(r" \(\[Treeherder push\]\([^)]*\)\)$")

_CACHE_SCOPE: Final = re.compile(r"(docker-worker|generic-worker):cache:")

#: Treeherder's route with the number of a push, which projects in git do not have.
_PUSH_NUMBER: Final = re.compile(r"^(tc-treeherder\.v2\.[^.]+\.[0-9a-f]+)\.\w+$")

#: A kind's own files, which count among those that change.
_KIND_FILE: Final = re.compile(r"(^|/)kinds/[^*]*\.yml$")

_ARTIFACTS: Final = "queue:get-artifact:"


def alike(task: Json) -> Json:
    """A task of a graph file in common terms. The argument is not changed."""
    attributes = _attributes(task)
    sorts = (sort for sort in (FETCH, TOOLCHAIN) if f"{sort}_artifact" in attributes)
    sort = next(sorts, str(task.get("kind", "")))
    if sort == FETCH:
        attributes.pop("artifact_prefix", None)
    return {
        **task,
        "attributes": attributes,
        "optimization": _optimization(task),
        "soft_dependencies": sorted(task.get("soft_dependencies") or ()),
        "task": _body(dict(task.get("task") or {}), sort),
    }


def _attributes(task: Json) -> Body:
    """Attributes by names with underscores, without those that only one of the tools has."""
    found = {name.replace("-", "_"): value for name, value in task["attributes"].items()}
    for name in ("kind", "docker_context", "docker_volumes"):
        found.pop(name, None)
    for name in ("fetch_alias", "toolchain_alias"):
        if isinstance(found.get(name), str):
            found[name] = [found[name]]
    if (first := _first_alike(task, found)) is not None:
        found["primary_dependency_label"] = first
    cached = found.get("cached_task")
    if isinstance(cached, Mapping) and task.get("kind") == IMAGES:
        found["cached_task"] = {key: value for key, value in cached.items() if key != "digest"}
    return found


def _first_alike(task: Json, attributes: Mapping[str, Json]) -> str | None:
    """Of several dependencies of the primary kind, the one whose label sorts first."""
    said, kind = (
        attributes.get(f"primary_{what}") for what in ("dependency_label", "kind_dependency")
    )
    labels = [one for one in task["dependencies"].values() if one.startswith(f"{kind}-")]
    return min(labels) if said in labels else None


def _optimization(task: Json) -> Json:
    """The optimization, without the files of its kind and without digests of images."""
    said = task.get("optimization")
    if not isinstance(said, Mapping):
        return said
    made = dict(said)
    if isinstance(files := made.get("skip-unless-changed"), list):
        made["skip-unless-changed"] = [one for one in files if not _KIND_FILE.search(one)]
    if isinstance(paths := made.get("index-search"), list) and task.get("kind") == IMAGES:
        made["index-search"] = [path.rpartition(".")[0] for path in paths]
    return made


def _body(body: Body, sort: str) -> Body:
    for key, change in _PARTS.items():
        if key in body:
            body[key] = change(body[key])
    if sort == IMAGES and isinstance(routes := body.get("routes"), list):
        body["routes"] = [re.sub(r"\.hash\.[0-9a-f]{64}$", ".hash", route) for route in routes]
    if body.get("provisionerId") == "invalid" and body.get("workerType") == "always-optimized":
        body |= {"provisionerId": "built-in", "workerType": "succeed"}
    payload = body.get("payload")
    if isinstance(payload, Mapping):
        body["payload"] = payload_alike(dict(payload), sort)
        body["scopes"] = _exact(body.get("scopes", ()), body["payload"].get("env", {}))
    if sort == FETCH:
        body["scopes"] = [one for one in body.get("scopes", ()) if not _CACHE_SCOPE.match(one)]
    return body


def _scopes(scopes: Sequence[Json]) -> Json:
    return sorted({_scope(scope) for scope in scopes})


def _scope(scope: Json) -> str:
    text = str(scope["task-reference"] if isinstance(scope, Mapping) else scope)
    return CACHE_END.sub("", text) if _CACHE_SCOPE.match(text) else text


def _exact(scopes: Sequence[str], env: Mapping[str, Json]) -> Json:
    """Scopes for private artifacts that are fetched: for each in place of its whole folder."""
    fetches = env.get("MOZ_FETCHES")
    folders: dict[str, list[str]] = {}
    for name in [one["artifact"] for one in fetches] if isinstance(fetches, list) else ():
        folder = f"{_ARTIFACTS}{name.rpartition('/')[0]}/*"
        folders.setdefault(folder, []).append(f"{_ARTIFACTS}{name}")
    return sorted({exact for scope in scopes for exact in folders.get(scope, [scope])})


def _routes(routes: Sequence[str]) -> Json:
    return sorted({_PUSH_NUMBER.sub(r"\1", route) for route in routes})


def _metadata(said: Mapping[str, Json]) -> Json:
    return {**said, "description": _PUSH_LINK.sub("", str(said.get("description", "")))}


def _extra(said: Mapping[str, Json]) -> Json:
    known = {key: value for key, value in said.items() if key != "treeherder-platform"}
    trusted = known.get("chainOfTrust")
    if isinstance(trusted, Mapping) and set(trusted.get("inputs", ())) <= {"docker-image"}:
        known.pop("chainOfTrust")
    return known


_PARTS: Final[Mapping[str, Callable[[Any], Json]]] = {
    "scopes": _scopes,
    "routes": _routes,
    "metadata": _metadata,
    "extra": _extra,
}
