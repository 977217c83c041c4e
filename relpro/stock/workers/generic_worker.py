"""Takes a command and its machine, gives the payload of generic-worker.

Source: the payload schemas of generic-worker. On Windows a command is one line of text, elsewhere a
list of arguments.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import Json, TaskDescription
from relpro.stock.workers.command import NAME, REFERENCE, environment, shell_line
from relpro.stock.workers.docker_worker import (
    artifact_names,
    cache_text,
    demand_distinct,
    exit_statuses,
    expiry,
)
from relpro.stock.workers.naming import camel
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.pool import find_pool
from relpro.stock.workers.upstream_artifacts import task_id
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.values import OneOf, duration, flag, text, whole_number

_argument = OneOf(text, REFERENCE)

SCHEMA = {
    Required("command"): OneOf(text, [OneOf(text, REFERENCE, [_argument])]),
    Required("max-run-time"): whole_number,
    Optional("env"): {str: object},
    Optional("chain-of-trust"): flag,
    Optional("taskcluster-proxy"): flag,
    Optional("run-task-as-current-user"): flag,
    Optional("run-as-administrator"): flag,
    Optional("features"): {str: flag},
    Optional("secrets"): [text],
    Optional("os-groups"): [text],
    Optional("mounts"): [
        {
            Optional("cache-name"): NAME,
            Optional("directory"): text,
            Optional("file"): text,
            Optional("format"): text,
            Optional("content"): OneOf(
                {Required("task"): text, Required("artifact"): text},
                {Required("url"): text, Optional("sha256"): text},
            ),
        }
    ],
    Optional("artifacts"): [
        {
            Required("name"): text,
            Required("path"): text,
            Optional("type"): OneOf("file", "directory"),
            Optional("expires-after"): duration,
        }
    ],
    Optional("retry-exit-status"): [whole_number],
    Optional("purge-caches-exit-status"): [whole_number],
}

_FEATURES = (
    "chain-of-trust",
    "taskcluster-proxy",
    "run-task-as-current-user",
    "run-as-administrator",
)


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload. Raises `Refusal` for a list of arguments on Windows."""
    worker = description.worker
    windows = ctx.config.workers[description.worker_type].os.startswith("win")
    payload: dict[str, Any] = {
        "command": _commands(worker["command"], windows),
        "maxRunTime": worker["max-run-time"],
        "env": environment(worker.get("env", {})),
        "features": dict(_features(worker)),
    }
    if artifacts := worker.get("artifacts"):
        payload["artifacts"] = ctx.once(_artifacts, artifacts)
    if mounts := worker.get("mounts"):
        payload["mounts"] = ctx.once(_mounts, mounts)
    if groups := worker.get("os-groups"):
        payload["osGroups"] = groups
    if statuses := exit_statuses(worker):
        payload["onExitStatus"] = statuses
    scopes = tuple(_scopes(ctx, description, payload))
    names = ctx.once(artifact_names, artifacts) if artifacts else ()
    return Payload(payload, "generic-worker", scopes, names)


def _commands(command: Json, windows: bool) -> list[object]:
    lines = [command] if isinstance(command, str) else command
    if not windows:
        return [shell_line(line) if isinstance(line, str) else line for line in lines]
    for place, line in enumerate(lines):
        if isinstance(line, list | tuple):
            raise Refusal(
                "on Windows a command is one line of text, not a list of arguments",
                "write the arguments on one line",
                ("worker", "command", place),
            )
    return list(lines)


def _features(worker: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for name in _FEATURES:
        if worker.get(name):
            yield camel(name), True
    if worker.get("secrets"):
        yield "taskclusterProxy", True
    for name, on in worker.get("features", {}).items():
        yield camel(name), on


def _artifacts(_ctx: Context, artifacts: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    demand_distinct(artifacts, "name", "artifacts")
    return [_artifact(item) for item in artifacts]


def _artifact(item: Mapping[str, object]) -> dict[str, object]:
    kind = item.get("type", "file")
    return {"name": item["name"], "path": item["path"], "type": kind, **expiry(item)}


def _mounts(ctx: Context, mounts: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    for key in ("cache-name", "directory"):
        demand_distinct([one if "cache-name" in one else {} for one in mounts], key, "mounts")
    demand_distinct(mounts, "file", "mounts")
    return [_mount(ctx, item) for item in mounts]


def _mount(ctx: Context, item: Mapping[str, Any]) -> dict[str, object]:
    made = {camel(key): value for key, value in item.items()}
    if "cacheName" in made:
        text_of_name = cache_text(ctx, item["cache-name"])
        refers = isinstance(item["cache-name"], Mapping)
        made["cacheName"] = {"task-reference": text_of_name} if refers else text_of_name
    content = made.get("content")
    if content and "task" in content:
        made["content"] = {"artifact": content["artifact"], "taskId": task_id(content["task"])}
    return made


def _scopes(
    ctx: Context, description: TaskDescription, payload: Mapping[str, Any]
) -> Iterator[str]:
    worker = description.worker
    for mount in payload.get("mounts", ()):
        if "cacheName" in mount:
            name = mount["cacheName"]
            yield f"generic-worker:cache:{name['task-reference'] if type(name) is dict else name}"
    for secret in worker.get("secrets", ()):
        yield f"secrets:get:{secret}"
    administrator = worker.get("run-as-administrator")
    if not administrator and not worker.get("os-groups"):
        return
    pool = find_pool(description.worker_type, ctx.config, ctx.release, description.origin)
    for group in worker.get("os-groups", ()):
        yield f"generic-worker:os-group:{pool}/{group}"
    if administrator:
        yield f"generic-worker:run-as-administrator:{pool}"
