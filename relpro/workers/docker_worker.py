"""Takes a task with a payload of docker-worker, gives its job, in its image or as a process.

As a process, the programs of this machine replace those of the image, and the folder of the run
replaces the working folder of images. Source: the payload schema of docker-worker, its
descriptions; docker-worker, task.js and features/artifacts.js.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import attrs

from relpro.run_task import PROGRAMS
from relpro.stock.run_checkout import WORKDIR
from relpro.workers.job import UNAVAILABLE, Job, Mount, Publication, Unfit, statuses

#: Features that this worker supports, or that make no difference here.
_FEATURES = frozenset(
    {"allowPtrace", "artifacts", "bulkLog", "chainOfTrust", "localLiveLog", "taskclusterProxy"}
)

_PROXY = "the proxy is at TASKCLUSTER_PROXY_URL, and not at `http://taskcluster`"

#: What a container may be given beyond the usual.
PTRACE, PRIVILEGED = "allowPtrace", "privileged"


def job_of(task: Mapping[str, Any]) -> Job:
    """The job, in its image, of a task whose payload fits the schema.

    Raises `Unfit` for unsupported features.
    """
    payload = task["payload"]
    features, capabilities = payload.get("features", {}), payload.get("capabilities", {})
    wanted = [name for name, on in features.items() if on and name not in _FEATURES]
    wanted += [name for name, on in capabilities.items() if on and name != PRIVILEGED]
    if wanted:
        raise _lacking(wanted)
    rights = (features.get(PTRACE) and PTRACE, capabilities.get(PRIVILEGED) and PRIVILEGED)
    live = payload.get("log", "public/logs/live.log")
    name, dot, suffix = live.rpartition(".")
    caches = payload.get("cache", {}).items()
    return Job(
        commands=(tuple(payload.get("command", ())),),
        env=payload.get("env", {}),
        max_run_time=payload["maxRunTime"],
        # Caches of generic-worker, which this worker runs too, have different names.
        mounts=tuple(
            Mount(at, is_folder=True, cache=f"docker-worker:{name}") for name, at in caches
        ),
        publications=tuple(_publications(task)),
        retry=statuses(payload, "retry"),
        purge=statuses(payload, "purgeCaches"),
        log=f"{name}_backing{dot}{suffix}" if dot else f"{live}_backing",
        live_log=live,
        proxied=bool(features.get("taskclusterProxy")),
        certified=bool(features.get("chainOfTrust")),
        implementation="docker-worker",
        notes=(_PROXY,) if features.get("taskclusterProxy") else (),
        image=payload["image"],
        rights=tuple(filter(None, rights)),
        may_omit=True,
        publishes_late=False,
    )


def as_process(job: Job, why: str = "") -> Job:
    """The same job without its image, because of `why`.

    Raises `Unfit` if it cannot run so.
    """
    if not job.commands[0]:
        what = "the image says what is run, and this worker runs no images"
        raise Unfit(f"{what}: {why}" if why else what, UNAVAILABLE)
    if PRIVILEGED in job.rights:
        raise _lacking([PRIVILEGED])
    return attrs.evolve(
        job,
        commands=tuple(tuple(_words(command)) for command in job.commands),
        mounts=tuple(_mounts(job)),
        publications=tuple(attrs.evolve(one, path=_inside(one.path)) for one in job.publications),
        home=WORKDIR,
        notes=(
            *job.notes,
            f"image {job.image} is not used: {why or 'programs of this machine stand in'}",
            f"`{WORKDIR}` is the folder of the run",
        ),
        image=None,
    )


def _lacking(wanted: list[str]) -> Unfit:
    listed = ", ".join(f"`{name}`" for name in sorted(wanted))
    return Unfit(f"this worker has no {listed}", UNAVAILABLE)


def _words(command: tuple[str, ...]) -> Iterator[str]:
    """The command; images contain run-task, and this machine does not."""
    first, *rest = command
    yield f"{WORKDIR}/run-task" if PurePosixPath(first).name == "run-task" else first
    yield from rest


def _mounts(job: Job) -> Iterator[Mount]:
    for name, program in PROGRAMS.items():
        content = {"raw": program.read_text(encoding="utf-8")}
        yield Mount(name, is_folder=False, content=content, is_program=True)
    caches = {mount.path for mount in job.mounts}
    for mount in job.mounts:
        yield attrs.evolve(mount, path=_inside(mount.path))
    for volume in filter(None, job.env.get("TASKCLUSTER_VOLUMES", "").split(";")):
        if volume not in caches:
            yield Mount(_inside(volume), is_folder=True)


def _publications(task: Mapping[str, Any]) -> Iterator[Publication]:
    for name, said in task["payload"].get("artifacts", {}).items():
        yield Publication(
            name=name,
            path=said["path"],
            is_directory=said["type"] != "file",
            expires=said.get("expires", task["expires"]),
        )


def _inside(path: str) -> str:
    """The path in the folder of the run for a path of the container."""
    try:
        return PurePosixPath(path).relative_to(WORKDIR).as_posix()
    except ValueError:
        what = f"`{path}` is not below `{WORKDIR}`, for which alone this worker has a place"
        raise Unfit(what, UNAVAILABLE) from None


def needed_scopes(payload: Mapping[str, Any]) -> Iterator[str]:
    """The scopes that the payload of a task requires. Source: docker-worker."""
    for name in payload.get("cache", {}):
        yield f"docker-worker:cache:{name}"
    if payload.get("features", {}).get("allowPtrace"):
        yield "docker-worker:feature:allowPtrace"
    if payload.get("capabilities", {}).get("privileged"):
        yield "docker-worker:capability:privileged"
