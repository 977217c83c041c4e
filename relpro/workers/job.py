"""The data of a job, the same for every worker."""

from collections.abc import Mapping
from typing import Any

import attrs

#: The reason of an exception that is not the task's fault: another worker could run it.
UNAVAILABLE = "resource-unavailable"


class Unfit(Exception):
    """An impossible payload; `reason` is that of the resulting exception."""

    def __init__(self, what: str, reason: str = "malformed-payload") -> None:
        super().__init__(what)
        self.reason = reason


@attrs.frozen
class Mount:
    """A file or folder that exists before the first command runs.

    It is a file at `path`, or a folder if `is_folder`; with the `content` in the payload
    (generic-worker, mounts), in the given `format`. `cache` is the name of a persistent folder.
    """

    path: str
    is_folder: bool
    content: Mapping[str, str] | None = None
    format: str = ""
    cache: str = ""
    is_program: bool = False


@attrs.frozen
class Publication:
    """An artifact: a file, or all files of a directory, under a name."""

    name: str
    path: str
    is_directory: bool
    expires: str
    content_type: str = ""
    optional: bool = False


@attrs.frozen
class Job:
    """Commands and their surroundings.

    `commands` run one after the other until one fails. A run that takes longer than `max_run_time`
    seconds is stopped. Statuses in `retry` end it as an intermittent failure, those in `purge`
    delete its caches. `log` is the artifact with the output of the commands. `proxied` tasks reach
    Taskcluster with their own credentials; `certified` ones publish a statement about their
    artifacts. `home` in a command or variable is replaced by the folder of the run; programs
    mounted there are found first. `notes` list differences to production. `implementation` is the
    worker that runs it in production. `image` is that of the payload: with one, paths are those of
    its container, which is given `rights`. A task that `may_omit` artifacts succeeds without them.
    One that is stopped because of its time publishes nothing unless it `publishes_late`.
    """

    commands: tuple[tuple[str, ...], ...]
    env: Mapping[str, str]
    max_run_time: int
    mounts: tuple[Mount, ...]
    publications: tuple[Publication, ...]
    retry: frozenset[int] = frozenset()
    purge: frozenset[int] = frozenset()
    log: str = "public/logs/live_backing.log"
    live_log: str = "public/logs/live.log"
    proxied: bool = False
    certified: bool = False
    home: str = ""
    notes: tuple[str, ...] = ()
    implementation: str = "generic-worker"
    image: str | Mapping[str, str] | None = None
    rights: tuple[str, ...] = ()
    may_omit: bool = False
    publishes_late: bool = True

    @property
    def caches(self) -> tuple[str, ...]:
        """The names of the folders that outlast the run."""
        return tuple(mount.cache for mount in self.mounts if mount.cache)


def statuses(payload: Mapping[str, Any], key: str) -> frozenset[int]:
    """The exit statuses that the worker handles in a special way (`onExitStatus`)."""
    return frozenset(payload.get("onExitStatus", {}).get(key, ()))
