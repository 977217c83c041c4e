"""Takes a job and its image, gives the container in which the job runs.

Folders of caches are mounted, and files are copied out of the container when it has ended. Source:
docker-worker, task.js (environment, options of the container) and features/artifacts.js.
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath

import attrs

from relpro.submit.access import is_on_loopback
from relpro.workers.box import Start
from relpro.workers.caches import Caches
from relpro.workers.claims import Claim
from relpro.workers.containers import Container, Engine
from relpro.workers.docker_worker import PRIVILEGED, PTRACE
from relpro.workers.images import Image
from relpro.workers.job import Job

#: The label of every container of a worker; its value is the worker's folder.
_LABEL = "relpro.worker"

#: The options of every container.
_USUAL = (
    *("--pull", "never", "--tty", "--shm-size", "1800000000"),
    *("--add-host", "localhost.localdomain:127.0.0.1"),
)

#: The options for what a container may be given.
_RIGHTS = {PTRACE: ("--cap-add", "SYS_PTRACE"), PRIVILEGED: ("--privileged",)}


@attrs.frozen
class Contained:
    """The container of a run, and the folders of its caches."""

    folder: Path
    container: Container
    caches: Caches
    taken: Mapping[Path, str]

    def start(self, command: Sequence[str], told: Mapping[str, str]) -> Start:
        """How the container is made, with a command or that of its image."""
        container = attrs.evolve(self.container, env={**self.container.env, **told})
        return Start(container.words(command), self.folder, os.environ)

    def path(self, name: str) -> Path:
        """The path of a copy of what is at a path in the container, without links.

        Links would be followed on this machine; docker-worker leaves them out, too.
        """
        last = PurePosixPath(name).name
        place = self.folder / "copied" / sha256(name.encode()).hexdigest()
        place.mkdir(parents=True, exist_ok=True)
        target = place / ("copy" if last in {"", ".."} else last)
        self.container.copy(name, target)
        for path in (target, *target.rglob("*")):
            if path.is_symlink():
                path.unlink()
        return target

    def purge(self) -> None:
        """Delete the contents of the caches."""
        for folder in self.taken:
            self.caches.purge(folder)


@contextmanager
def contained(
    root: Path, job: Job, claim: Claim, caches: Caches, image: Image
) -> Iterator[Contained]:
    """The container of a run, removed afterwards; `root` is the folder of the worker."""
    folder = root / "tasks" / f"{claim.task_id}-{claim.run_id}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    taken = {caches.take(mount.cache): mount.path for mount in job.mounts}
    container = Container(
        image.engine,
        f"relpro-{claim.task_id}-{claim.run_id}",
        image.name,
        {**job.env, **_identity(claim)},
        {},
        (),
        job.proxied or is_on_loopback(claim.access.root_url),
        taken,
        (*_USUAL, *(word for right in job.rights for word in _RIGHTS[right]), *_labelled(root)),
    )
    try:
        yield Contained(folder, container, caches, taken)
    finally:
        container.remove()
        for kept in taken:
            caches.give_back(kept)
        shutil.rmtree(folder, ignore_errors=True)


def remove_left(engine: Engine, root: Path) -> None:
    """Remove the containers that a killed worker of a folder has left."""
    engine.remove_all(_labelled(root)[1])


def _labelled(root: Path) -> tuple[str, str]:
    return "--label", f"{_LABEL}={root}"


def _identity(claim: Claim) -> dict[str, str]:
    """The variables about the worker, besides those that all workers set."""
    return {
        "TASKCLUSTER_WORKER_TYPE": claim.seat.task_queue_id.rpartition("/")[2],
        "TASKCLUSTER_INSTANCE_TYPE": "local",
        "TASKCLUSTER_WORKER_GROUP": claim.seat.worker_group,
        "TASKCLUSTER_PUBLIC_IP": "127.0.0.1",
        "TASKCLUSTER_WORKER_LOCATION": '{"cloud":"standalone"}',
    }
