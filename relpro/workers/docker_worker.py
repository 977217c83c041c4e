"""Takes a task with a payload of docker-worker, gives its job, without the image.

The programs of this machine replace those of the image, and the folder of the run replaces the
working folder of images. Source: the payload schema of docker-worker, its descriptions.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from relpro.run_task import PROGRAMS
from relpro.stock.run_checkout import WORKDIR
from relpro.workers.job import Job, Mount, Publication, Unfit, statuses

#: Features that this worker supports, or that make no difference to a process.
_FEATURES = frozenset(
    {"allowPtrace", "artifacts", "bulkLog", "chainOfTrust", "localLiveLog", "taskclusterProxy"}
)

#: The reason of an exception that is not the task's fault: another worker could run it.
_UNAVAILABLE = "resource-unavailable"


def job_of(task: Mapping[str, Any]) -> Job:
    """The job of a task whose payload fits the schema. Raises `Unfit` for unsupported features."""
    payload = task["payload"]
    if not payload.get("command"):
        what = "the image says what is run, and this worker runs no images"
        raise Unfit(what, _UNAVAILABLE)
    features = payload.get("features", {})
    wanted = [name for name, on in features.items() if on and name not in _FEATURES]
    if wanted := sorted([*wanted, *payload.get("capabilities", {})]):
        listed = ", ".join(f"`{name}`" for name in wanted)
        raise Unfit(f"this worker has no {listed}", _UNAVAILABLE)
    live = payload.get("log", "public/logs/live.log")
    name, dot, suffix = live.rpartition(".")
    return Job(
        commands=(tuple(_words(payload["command"])),),
        env=payload.get("env", {}),
        max_run_time=payload["maxRunTime"],
        mounts=tuple(_mounts(payload)),
        publications=tuple(_publications(task)),
        retry=statuses(payload, "retry"),
        purge=statuses(payload, "purgeCaches"),
        log=f"{name}_backing{dot}{suffix}" if dot else f"{live}_backing",
        live_log=live,
        proxied=bool(features.get("taskclusterProxy")),
        certified=bool(features.get("chainOfTrust")),
        home=WORKDIR,
        implementation="docker-worker",
        notes=(
            f"image {payload['image']} is not used: programs of this machine stand in",
            f"`{WORKDIR}` is the folder of the run",
        ),
    )


def _words(command: list[str]) -> Iterator[str]:
    """The command; images contain run-task, and this machine does not."""
    first, *rest = command
    yield f"{WORKDIR}/run-task" if PurePosixPath(first).name == "run-task" else first
    yield from rest


def _mounts(payload: Mapping[str, Any]) -> Iterator[Mount]:
    for name, program in PROGRAMS.items():
        content = {"raw": program.read_text(encoding="utf-8")}
        yield Mount(name, is_folder=False, content=content, is_program=True)
    caches = payload.get("cache", {})
    for name, place in caches.items():
        # Caches of generic-worker, which this worker runs too, have different names.
        yield Mount(_inside(place), is_folder=True, cache=f"docker-worker:{name}")
    for volume in filter(None, payload.get("env", {}).get("TASKCLUSTER_VOLUMES", "").split(";")):
        if volume not in caches.values():
            yield Mount(_inside(volume), is_folder=True)


def _publications(task: Mapping[str, Any]) -> Iterator[Publication]:
    for name, said in task["payload"].get("artifacts", {}).items():
        yield Publication(
            name=name,
            path=_inside(said["path"]),
            is_directory=said["type"] != "file",
            expires=said.get("expires", task["expires"]),
        )


def _inside(path: str) -> str:
    """The path in the folder of the run for a path of the container."""
    try:
        return PurePosixPath(path).relative_to(WORKDIR).as_posix()
    except ValueError:
        what = f"`{path}` is not below `{WORKDIR}`, for which alone this worker has a place"
        raise Unfit(what, _UNAVAILABLE) from None


def needed_scopes(payload: Mapping[str, Any]) -> Iterator[str]:
    """The scopes that the payload of a task requires. Source: docker-worker."""
    for name in payload.get("cache", {}):
        yield f"docker-worker:cache:{name}"
    if payload.get("features", {}).get("allowPtrace"):
        yield "docker-worker:feature:allowPtrace"
