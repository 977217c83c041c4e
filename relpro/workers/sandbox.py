"""Takes a job, gives the folder in which it runs, with all mounts.

The folder is bare: commands have access to the whole machine. Folders of caches are moved into it,
and back at the end, as generic-worker does.
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

from relpro.workers.box import Start
from relpro.workers.caches import Caches
from relpro.workers.claims import Claim
from relpro.workers.contents import fill
from relpro.workers.job import Job, Mount, Unfit
from relpro.workers.processes import apart

#: The variables that tasks get from the worker's own environment, so that programs are found.
_INHERITED = ("PATH", "LANG", "TZ")


@attrs.frozen
class _Cached:
    """A cache in a sandbox: its permanent path, and its present one."""

    kept: Path
    path: Path


@attrs.frozen
class Sandbox:
    """The folder of a run, and the caches in it.

    `env` is added to the environment of its job's commands.
    """

    folder: Path
    caches: tuple[_Cached, ...]
    job: Job
    env: Mapping[str, str]

    def start(self, command: Sequence[str], told: Mapping[str, str]) -> Start:
        """How a command is started, apart from others. Source: generic-worker, environment."""
        own = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        env = {
            **own,
            "HOME": str(self.folder),
            "TASK_WORKDIR": str(self.folder),
            **self.env,
            **{name: self._text(value) for name, value in self.job.env.items()},
            **told,
        }
        if self.job.home:
            env["PATH"] = os.pathsep.join((str(self.folder), env.get("PATH", os.defpath)))
        return Start((*apart(), *map(self._text, command)), self.folder, env)

    def _text(self, said: str) -> str:
        """A word or value with the real path of the run's folder."""
        return said.replace(self.job.home, str(self.folder)) if self.job.home else said

    def path(self, name: str) -> Path:
        """The absolute path for a path of the payload, relative to the folder."""
        return self.folder / name

    def purge(self) -> None:
        """Delete the contents of the caches."""
        for cached in self.caches:
            shutil.rmtree(cached.path, ignore_errors=True)


@contextmanager
def sandbox(
    root: Path, job: Job, claim: Claim, caches: Caches, env: Mapping[str, str]
) -> Iterator[Sandbox]:
    """The folder of a run, removed afterwards. Raises `Unfit` for an impossible mount."""
    folder = root / f"{claim.task_id}-{claim.run_id}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    taken: list[_Cached] = []
    try:
        for mount in job.mounts:
            _mount(mount, _inside(folder, mount.path), claim, caches, taken)
        yield Sandbox(folder, tuple(taken), job, env)
    finally:
        for cached in reversed(taken):
            if cached.path.is_dir():
                cached.path.rename(cached.kept)
            caches.give_back(cached.kept)
        shutil.rmtree(folder, ignore_errors=True)


def _inside(folder: Path, name: str) -> Path:
    path = folder / name
    if folder not in path.resolve().parents:
        raise Unfit(f"`{name}` is outside of the task's folder, where this worker mounts nothing")
    return path


def _mount(mount: Mount, path: Path, claim: Claim, caches: Caches, taken: list[_Cached]) -> None:
    try:
        if not mount.cache:
            fill(mount, path, claim)
            return
        cached = _Cached(caches.take(mount.cache), path)
        path.parent.mkdir(parents=True, exist_ok=True)
        cached.kept.rename(path)
        taken.append(cached)
        if not any(path.iterdir()):
            fill(mount, path, claim)
    except OSError as error:
        raise Unfit(f"`{mount.path}` cannot be mounted: {error.strerror}") from None
