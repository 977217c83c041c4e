"""What a payload asks of a machine, whichever worker it is written for. Data only."""

from collections.abc import Mapping
from typing import Any

import attrs


class Unfit(Exception):
    """A payload that cannot be done; `reason` is that of the exception which the run ends with."""

    def __init__(self, what: str, reason: str = "malformed-payload") -> None:
        super().__init__(what)
        self.reason = reason


@attrs.frozen
class Mount:
    """Something that is in the sandbox before the first command runs.

    A file at `path`, or a folder where `is_folder`; with the `content` that the payload names
    (generic-worker, mounts), packed as `format` says. `cache` is the name of a folder that is kept.
    """

    path: str
    is_folder: bool
    content: Mapping[str, str] | None = None
    format: str = ""
    cache: str = ""
    is_program: bool = False


@attrs.frozen
class Publication:
    """What is published at the end: a file, or all files of a directory, under a name."""

    name: str
    path: str
    is_directory: bool
    expires: str
    content_type: str = ""
    optional: bool = False


@attrs.frozen
class Job:
    """Commands and everything around them.

    `commands` run one after the other until one fails. A run that takes longer than `max_run_time`
    seconds is stopped. Statuses in `retry` end it as an intermittent failure, those in `purge`
    throw its caches away. `log` is the artifact with all that the commands write. `proxied` tasks
    reach Taskcluster with their own credentials; those that are `certified` say what they made.
    Where `home` stands in a command or variable, the folder of the run is meant; programs that are
    mounted there are found first. `notes` say what is otherwise than in production.
    `implementation` is the worker that would run it there.
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

    @property
    def caches(self) -> tuple[str, ...]:
        """The names of the folders that outlast the run."""
        return tuple(mount.cache for mount in self.mounts if mount.cache)


def statuses(payload: Mapping[str, Any], key: str) -> frozenset[int]:
    """The exit statuses upon which a worker does something of its own (`onExitStatus`)."""
    return frozenset(payload.get("onExitStatus", {}).get(key, ()))
