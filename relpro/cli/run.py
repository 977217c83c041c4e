"""`relpro run`: the command of a task, on this machine."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click
import orjson

from relpro.cli import options, taskcluster
from relpro.explain.reasons import Reasons
from relpro.load.vcs import top_of
from relpro.model.task import Task
from relpro.pipeline import Pipeline

if TYPE_CHECKING:
    from relpro.workers.by_hand import ByHand
    from relpro.workers.containers import Engine


@click.command("run")
@click.argument("label")
@options.generation
@click.option(
    "--decision",
    metavar="ID",
    callback=options.check_id,
    help="Fetch from the tasks of this decision task; by default from those that the index has.",
)
@click.option("--folder", metavar="DIR", help="Where it runs; by default a new temporary folder.")
@click.option("--shell", is_flag=True, help="Prepare everything, then open a shell.")
@click.option(
    "--without-container",
    is_flag=True,
    help="Run it on this machine itself, also where Docker or Podman could run its image.",
)
@click.option("--print", "shown", is_flag=True, help="Print the command, and do nothing.")
def command(
    label: str,
    decision: str | None,
    folder: str | None,
    shell: bool,
    without_container: bool,
    shown: bool,
    **goal: Unpack[options.Generation],
) -> None:
    """Run the command of a task on this machine, as a worker would: checkout, fetches, environment.

    It checks out the last commit of the local repository. Artifacts of upstream tasks are fetched
    from existing tasks of the Taskcluster at TASKCLUSTER_ROOT_URL. A docker-worker task runs in its
    image if Docker or Podman answers; a shell always runs on this machine. Differences to a worker
    are printed before the command runs. The exit status is that of the command; its files stay in
    the folder.

    \b
    Examples:
      relpro run build-linux64 --print
      relpro run test-linux64 --decision FNvWjXCmRVaC8tqNbBBYYQ
      relpro run toolchain-clang --shell --folder /tmp/clang
    """
    from relpro.workers.by_hand import Desk, by_hand, needed_labels, printed  # noqa: PLC0415

    pipeline = options.open_pipeline(**goal)
    task = _task(pipeline, label)
    project = pipeline.project
    needed = needed_labels(task)
    ids = dict.fromkeys(needed, "") if shown else _ids(pipeline, needed, decision)
    desk = Desk(
        Path(folder or Path(tempfile.gettempdir(), f"relpro-run-{os.getpid()}")).resolve(),
        top_of(project.root) or project.root.resolve(),
        project.config.repositories[0].prefix,
        ids,
        os.environ.get("TASKCLUSTER_ROOT_URL", ""),
        None if shown or shell or without_container else _engine(task),
    )
    run = by_hand(task, desk)
    if shown:
        click.echo(printed(run.own_command))
        return
    for line in run.differs:
        click.echo(f"differs: {line}", err=True)
    sys.exit(_shell(run) if shell else _run(run))


def _task(pipeline: Pipeline, label: str) -> Task:
    if label not in pipeline.full:
        Reasons(pipeline).of(label)
        raise click.UsageError(f"no kind makes `{label}`; `relpro why-not` says why")
    return pipeline.full[label]


def _engine(task: Task) -> "Engine | None":
    """The engine for the task's image; None if it has none, or no engine answers."""
    from relpro.workers.containers import find_engine  # noqa: PLC0415

    return find_engine() if "image" in task.definition["payload"] else None


def _ids(pipeline: Pipeline, labels: tuple[str, ...], decision: str | None) -> Mapping[str, str]:
    """Label -> id of an existing task for the label, for known ones."""
    if not labels:
        return {}
    records = taskcluster.open_records(None, taskcluster.moment(None))
    if decision:
        known = orjson.loads(records.artifact(decision, "public/label-to-taskid.json"))
        return {label: known[label] for label in labels if label in known}
    paths = {label: _paths(pipeline.full[label]) for label in labels}
    found = records.find_all([path for several in paths.values() for path in several])
    return {
        label: found[path] for label in labels if (path := found.first(paths[label])) is not None
    }


def _paths(task: Task) -> tuple[str, ...]:
    return tuple((task.optimization or {}).get("index-search", ()))


def _run(run: "ByHand") -> int:
    """Run everything; returns the exit status of the first failing command."""
    from relpro.workers.by_hand import prepare, what_it_made  # noqa: PLC0415

    prepare(run)
    try:
        status = _commands(run)
        for name, path in what_it_made(run).items():
            click.echo(f"{name}: {path}", err=True)
    finally:
        if run.container is not None:
            run.container.remove()
    return status


def _commands(run: "ByHand") -> int:
    for words in run.commands:
        status = subprocess.run(words, cwd=run.folder, env=run.env, check=False).returncode
        if status:
            return status if status > 0 else 128 - status
    return 0


def _shell(run: "ByHand") -> int:
    """Prepare everything and open a shell in the folder and environment of the command."""
    from relpro.workers.by_hand import prepare, printed, surroundings_to  # noqa: PLC0415

    prepare(run)
    written = run.folder / ".surroundings.json"
    if status := _commands(run.instead(surroundings_to(written))):
        return status
    found = orjson.loads(written.read_bytes())
    click.echo(f"the command is: {printed(run.own_command)}", err=True)
    shell = os.environ.get("SHELL", "/bin/sh")
    return subprocess.run([shell], cwd=found["cwd"], env=found["env"], check=False).returncode
