"""Takes a command and its container, gives the payload of docker-worker.

Source: the payload schema of docker-worker, which generic-worker accepts as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from posixpath import normpath
from typing import Any

from voluptuous import Optional, Required

from relpro.model.label import label_of
from relpro.model.task import Json, TaskDescription
from relpro.stock.docker_context import volumes_in
from relpro.stock.workers.command import NAME, REFERENCE, environment, shell_line
from relpro.stock.workers.naming import camel
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.upstream_artifacts import task_id
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.values import OneOf, duration, flag, text, whole_number
from relpro.values.validators import seconds
from relpro.values.wording import shown

#: The artifact of a task that builds an image.
IMAGE_ARTIFACT = "public/image.tar.zst"

#: The kind of `in-tree` images.
IMAGES = "docker-image"

#: The attribute of such a task with the volumes of its image.
VOLUMES = "docker_volumes"

#: Lists and their keys that are names and no paths; the name of an artifact is a path.
_NO_PATHS = frozenset({("caches", "name"), ("mounts", "cache-name")})

#: The prefix of caches that pull requests write.
_PULL_REQUEST = "pr-"

SCHEMA = {
    Required("docker-image"): OneOf(text, {Required("in-tree"): text}, {Required("indexed"): text}),
    Required("max-run-time"): whole_number,
    Optional("command"): OneOf(text, [OneOf(text, REFERENCE)]),
    Optional("env"): {str: object},
    Optional("chain-of-trust"): flag,
    Optional("taskcluster-proxy"): flag,
    Optional("allow-ptrace"): flag,
    Optional("privileged"): flag,
    Optional("devices"): [OneOf("loopback-video", "loopback-audio", "host-shared-memory", "kvm")],
    Optional("features"): {str: flag},
    Optional("secrets"): [text],
    Optional("caches"): [
        {Optional("type"): "persistent", Required("name"): NAME, Required("mount-point"): text}
    ],
    Optional("volumes"): [text],
    Optional("artifacts"): [
        {
            Required("name"): text,
            Required("path"): text,
            Optional("type"): OneOf("file", "directory", "volume"),
            Optional("expires-after"): duration,
        }
    ],
    Optional("retry-exit-status"): [whole_number],
    Optional("purge-caches-exit-status"): [whole_number],
}


#: Keys that enable a feature -> the feature.
_SWITCHES = {name: camel(name) for name in ("chain-of-trust", "taskcluster-proxy", "allow-ptrace")}


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload; `features` and `env` are always present, as Chain of Trust requires."""
    worker = description.worker
    image, dependencies, extra = ctx.once(_image, worker["docker-image"])
    payload: dict[str, Any] = {
        "image": image,
        "maxRunTime": worker["max-run-time"],
        "env": _env(worker, ctx.once(_volumes, worker["docker-image"])),
        "features": dict(_features(worker)),
    }
    if "command" in worker:
        command = worker["command"]
        payload["command"] = shell_line(command) if isinstance(command, str) else command
    if artifacts := worker.get("artifacts"):
        payload["artifacts"] = ctx.once(_artifacts, artifacts)
    if caches := worker.get("caches"):
        payload["cache"] = ctx.once(_caches, caches)
    if capabilities := dict(_capabilities(worker)):
        payload["capabilities"] = capabilities
    if statuses := exit_statuses(worker):
        payload["onExitStatus"] = statuses
    names = ctx.once(artifact_names, artifacts) if artifacts else ()
    scopes = tuple(_scopes(worker, payload))
    return Payload(payload, "docker-worker", scopes, names, dependencies, extra)


def _image(_ctx: Context, image: Json) -> tuple[object, Mapping[str, str], Mapping[str, object]]:
    """(image of the payload, dependencies on the task that builds it, `extra`)."""
    if isinstance(image, str):
        return image, {}, {}
    if "indexed" in image:
        found = {"type": "indexed-image", "namespace": image["indexed"], "path": IMAGE_ARTIFACT}
        return found, {}, {}
    reference = task_id("docker-image")
    return (
        {"type": "task-image", "path": IMAGE_ARTIFACT, "taskId": reference},
        {"docker-image": label_of(IMAGES, image["in-tree"])},
        {"chainOfTrust": {"inputs": {"docker-image": reference}}},
    )


def _volumes(ctx: Context, image: Json) -> tuple[str, ...]:
    """The volumes that an image of the tree declares."""
    if isinstance(image, str) or "in-tree" not in image:
        return ()
    name = image["in-tree"]
    if IMAGES in ctx.kind.dependencies:
        for task in ctx.upstream[IMAGES]:
            if task.name == name:
                return tuple(task.attributes.get(VOLUMES, ()))
    dockerfile = ctx.tree.find(f"docker/{name}/Dockerfile")
    return () if dockerfile is None else volumes_in(dockerfile)


def _env(worker: Mapping[str, Any], declared: Sequence[str]) -> Mapping[str, object]:
    env = environment(worker.get("env", {}))
    if volumes := {*worker.get("volumes", ()), *declared}:
        return {**env, "TASKCLUSTER_VOLUMES": ";".join(sorted(volumes))}
    return env


def _features(worker: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for name, feature in _SWITCHES.items():
        if worker.get(name):
            yield feature, True
    if worker.get("secrets"):
        yield "taskclusterProxy", True
    for name, on in worker.get("features", {}).items():
        yield camel(name), on


def _capabilities(worker: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if worker.get("privileged"):
        yield "privileged", True
    if devices := worker.get("devices"):
        yield "devices", {camel(device): True for device in devices}


def _caches(ctx: Context, caches: Sequence[Mapping[str, object]]) -> dict[str, object]:
    demand_distinct(caches, "name", "caches")
    demand_distinct(caches, "mount-point", "caches")
    made = {cache_text(ctx, item["name"]): item["mount-point"] for item in caches}
    # Names are keys here; a key cannot be a mapping with a reference.
    refers = any(isinstance(item["name"], Mapping) for item in caches)
    return {"task-reference": made} if refers else made


def _artifacts(_ctx: Context, artifacts: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    demand_distinct(artifacts, "name", "artifacts")
    return {item["name"]: _artifact(item) for item in artifacts}


def _names(caches: Mapping[str, Any]) -> Mapping[str, object]:
    """The caches of a payload by name; names may contain references."""
    return caches.get("task-reference", caches)  # type: ignore[no-any-return]


def demand_distinct(items: Sequence[Mapping[str, Any]], key: str, name: str) -> None:
    """Raise `Refusal` if two items of list `name` have the same value of `key`.

    The later one would silently replace the earlier. `/x/` is the folder `/x`.
    """
    seen = set()
    for place, item in enumerate(items):
        value = item.get(key)
        if isinstance(value, Mapping):
            value = value["task-reference"]
        if value is None:
            continue
        same = value if (name, key) in _NO_PATHS else normpath(value.replace("\\", "/"))
        if same in seen:
            what = f"two of `{name}` have {key} {shown(value)}"
            raise Refusal(what, "remove one of them", ("worker", name, place))
        seen.add(same)


def _artifact(item: Mapping[str, object]) -> dict[str, object]:
    return {"path": item["path"], "type": item.get("type", "file"), **expiry(item)}


def expiry(item: Mapping[str, object]) -> Mapping[str, Any]:
    """The expiry of an artifact, if it is given. Raises `Refusal` for an invalid duration."""
    words = item.get("expires-after")
    if words is None:
        return {}
    if seconds(words) is None:
        what = f"`expires-after` of artifact `{item['name']}` is rendered to {shown(words)}"
        remedy = "make it a duration such as `28 days`"
        raise Refusal(what, remedy, ("worker", "artifacts"))
    return {"expires": {"relative-datestamp": words}}


def _scopes(worker: Mapping[str, Any], payload: Mapping[str, Any]) -> Iterator[str]:
    for cache in _names(payload.get("cache", {})):
        yield f"docker-worker:cache:{cache}"
    if worker.get("allow-ptrace"):
        yield "docker-worker:feature:allowPtrace"
    if worker.get("privileged"):
        yield "docker-worker:capability:privileged"
    for device in worker.get("devices", ()):
        yield f"docker-worker:capability:device:{camel(device)}"
    for secret in worker.get("secrets", ()):
        yield f"secrets:get:{secret}"


def cache_text(ctx: Context, said: Json) -> str:
    """The name of a cache for the worker; references are still in it.

    A level never reads a cache that another level wrote, and a branch none that a pull request
    wrote. Raises `Refusal` for a name with the prefix of pull requests.
    """
    name: str = said["task-reference"] if isinstance(said, Mapping) else said
    if name.startswith(_PULL_REQUEST):
        what = f"cache `{name}` would have the name of a cache of pull requests"
        raise Refusal(
            what, f"let its name begin otherwise than with `{_PULL_REQUEST}`", ("worker",)
        )
    writer = _PULL_REQUEST if ctx.parameters.tasks_for.startswith("github-pull-request") else ""
    return f"{ctx.config.trust_domain}-level-{ctx.parameters.level}-{writer}{name}"


def artifact_names(_ctx: Context, artifacts: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of the artifacts of a worker; that of a directory ends in `/`."""
    return tuple(
        item["name"] if item.get("type", "file") == "file" else f"{item['name'].rstrip('/')}/"
        for item in artifacts
    )


def exit_statuses(worker: Mapping[str, object]) -> dict[str, object]:
    """The exit statuses that a worker handles in a special way."""
    statuses = {
        "retry": worker.get("retry-exit-status"),
        "purgeCaches": worker.get("purge-caches-exit-status"),
    }
    return {key: value for key, value in statuses.items() if value}
