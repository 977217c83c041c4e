"""`relpro worker`: a worker on this machine."""

import gc
import os
import signal
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relpro.cli.extras import needed

if TYPE_CHECKING:
    from relpro.workers import LocalWorker
    from relpro.workers.placing import Containers
    from relpro.workers.rehearsal import Rehearsal

#: Seconds between checks for a signal.
_TICK = 1.0


@click.command("worker")
@click.argument("queues", nargs=-1, required=True, metavar="QUEUE...")
@click.option(
    "--folder",
    metavar="DIR",
    help="Where tasks run and caches are kept; by default a new folder for temporary files.",
)
@click.option(
    "--services",
    "services_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keys, scripts of queues, and what scripts act on: run tasks of scripts too.",
)
@click.option(
    "--containers",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Whether tasks of docker-worker run in their images, by Docker or Podman.",
)
@click.option("--privileged", is_flag=True, help="Run tasks that ask for a privileged container.")
@click.option("--until-idle", is_flag=True, help="End once there is nothing to claim.")
@click.option(
    "--worker-group",
    default="local",
    show_default=True,
    metavar="NAME",
    help="The worker group: with the id, it names the worker to the queue.",
)
@click.option(
    "--worker-id",
    default="relpro",
    show_default=True,
    metavar="NAME",
    help="The worker id; the scope to claim names group and id.",
)
def command(
    queues: tuple[str, ...],
    folder: str | None,
    services_file: Path | None,
    containers: str,
    privileged: bool,
    until_idle: bool,
    worker_group: str,
    worker_id: str,
) -> None:
    """Run tasks of task queues (PROVISIONER/WORKER-TYPE) on this machine, until Ctrl-C.

    Runs payloads of generic-worker and docker-worker, one task at a time for each queue: mounts,
    caches, environment, artifacts, exit statuses and the proxy are as in production. Commands are
    processes of this machine in separate folders. They are not root, and processes that they leave
    running are stopped; nothing else protects your files from them. Run only tasks that you trust.

    A task of docker-worker runs in its image if Docker or Podman answers, and has the image or can
    load it from the task that built it; its digest must be the one in that task's Chain of Trust
    statement. Otherwise it runs as a process, too, with /builds/worker as its folder; the log says
    why. With --containers always, it ends as `resource-unavailable` instead.

    With --services, workers sign Chain of Trust statements, and queues to which FILE assigns a
    script run the script's tasks: after verifying a task's Chain of Trust, they sign, upload,
    submit and tag with the keys and services in FILE, as the script would in production.

    \b
    Examples:
      relpro worker widgets-1/linux
      relpro worker widgets-1/linux widgets-1/signing --services services.yml
      relpro worker widgets-1/linux widgets-1/test --until-idle
    """
    gc.enable()
    from relpro.submit.access import Access  # noqa: PLC0415 - network code loads slowly
    from relpro.submit.connection import Connection  # noqa: PLC0415
    from relpro.workers import LocalWorker, Seat  # noqa: PLC0415

    told = _containers(containers, privileged)
    rehearsal = None if services_file is None else _rehearsal(services_file)
    connection = Connection(Access.from_environment(os.environ))
    root = Path(folder or tempfile.mkdtemp(prefix="relpro-worker-"))
    workers = [
        LocalWorker(
            Seat(connection, queue, worker_group, worker_id),
            root / queue.replace("/", "_"),
            tell=click.echo,
            rehearsal=rehearsal,
            containers=told,
        )
        for queue in queues
    ]

    with (
        ExitStack() as held,
        _told_of_signals(workers),
        ThreadPoolExecutor(len(workers)) as threads,
    ):
        for worker in workers:
            held.enter_context(worker)
        running = [threads.submit(worker.work, until_idle=until_idle) for worker in workers]
        for one in running:
            one.add_done_callback(lambda done: _end_with(done, workers))
        # A signal that comes just before a wait does not end it: it is seen after the next one.
        while wait(running, timeout=_TICK).not_done:
            continue
    for one in running:
        one.result()


def _containers(choice: str, privileged: bool) -> "Containers":
    """By what engine tasks run in their images. Raises `RelproError` (O615) if none answers."""
    from relpro.workers.containers import NO_ENGINE, demand_engine, find_engine  # noqa: PLC0415
    from relpro.workers.placing import NO_CONTAINERS, Containers  # noqa: PLC0415

    if choice == "never":
        return NO_CONTAINERS
    if choice == "always":
        engine = demand_engine("start one of them, or leave out `--containers always`")
        return Containers(engine, are_demanded=True, may_be_privileged=privileged)
    found = find_engine()
    return Containers(found, "" if found else NO_ENGINE, may_be_privileged=privileged)


def _rehearsal(path: Path) -> "Rehearsal":
    with needed("--services", "rehearsal"):
        from relpro.workers.rehearsal import Rehearsal  # noqa: PLC0415
        from relpro.workers.services import read_services  # noqa: PLC0415
    return Rehearsal.of(read_services(path))


def _end_with(done: "Future[Any]", workers: Sequence["LocalWorker"]) -> None:
    """Stop the other workers once one has failed."""
    if done.exception():
        _shut_down(workers)


def _shut_down(workers: Sequence["LocalWorker"]) -> None:
    for worker in workers:
        worker.shut_down()


@contextmanager
def _told_of_signals(workers: Sequence["LocalWorker"]) -> Iterator[None]:
    """During the context, Ctrl-C and SIGTERM make the workers return their tasks."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: _shut_down(workers)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
