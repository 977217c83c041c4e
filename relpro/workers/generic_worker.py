"""Takes a task with a payload of generic-worker, gives its job.

Source: the payload schema of generic-worker for POSIX systems, its descriptions.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro.workers.job import Job, Mount, Publication, Unfit, statuses

#: Features that this worker supports; other features of a payload are refused.
_FEATURES = frozenset(
    {"backingLog", "chainOfTrust", "liveLog", "resourceMonitor", "taskclusterProxy"}
)


def job_of(task: Mapping[str, Any]) -> Job:
    """The job of a task whose payload fits the schema. Raises `Unfit` for unsupported features."""
    payload = task["payload"]
    features = payload.get("features", {})
    if wanted := sorted(name for name, on in features.items() if on and name not in _FEATURES):
        raise Unfit(f"this worker has no feature {', '.join(f'`{name}`' for name in wanted)}")
    if groups := payload.get("osGroups"):
        raise Unfit(f"this worker puts nobody into groups: {', '.join(groups)}")
    logs = payload.get("logs", {})
    return Job(
        commands=tuple(map(tuple, payload["command"])),
        env={**payload.get("env", {}), "TASK_GROUP_ID": str(task["taskGroupId"])},
        max_run_time=payload["maxRunTime"],
        mounts=tuple(_mounts(payload)),
        publications=tuple(_publications(task)),
        retry=statuses(payload, "retry"),
        purge=statuses(payload, "purgeCaches"),
        log=logs.get("backing", "public/logs/live_backing.log"),
        live_log=logs.get("live", "public/logs/live.log"),
        proxied=bool(features.get("taskclusterProxy")),
        certified=bool(features.get("chainOfTrust")),
    )


def _mounts(payload: Mapping[str, Any]) -> Iterator[Mount]:
    for said in payload.get("mounts", ()):
        yield Mount(
            path=said.get("file") or said["directory"],
            is_folder="directory" in said,
            content=said.get("content"),
            format=said.get("format", ""),
            cache=said.get("cacheName", ""),
        )


def _publications(task: Mapping[str, Any]) -> Iterator[Publication]:
    for said in task["payload"].get("artifacts", ()):
        yield Publication(
            name=said.get("name") or said["path"],
            path=said["path"],
            is_directory=said["type"] == "directory",
            expires=said.get("expires", task["expires"]),
            content_type=said.get("contentType", ""),
            optional=said.get("optional", False),
        )


def needed_scopes(payload: Mapping[str, Any]) -> Iterator[str]:
    """The scopes that the mounts of a task require. Source: generic-worker, mounts."""
    for mount in payload.get("mounts", ()):
        if "cacheName" in mount:
            yield f"generic-worker:cache:{mount['cacheName']}"
        name = mount.get("content", {}).get("artifact", "public/")
        if not name.startswith("public/"):
            yield f"queue:get-artifact:{name}"
