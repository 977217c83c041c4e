"""`relpro image`: images of the tree on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Unpack

import click

from relpro.cli import options, taskcluster
from relpro.model.nearest import meant
from relpro.model.task import Task
from relpro.pipeline import Pipeline
from relpro.stock.docker_context import DockerContext, read_context
from relpro.stock.docker_image import CONTEXT
from relpro.stock.workers.docker_worker import IMAGE_ARTIFACT, IMAGES
from relpro.workers.containers import Engine, demand_engine, no_image
from relpro.writing import whole_file


@click.group("image")
def command() -> None:
    """Build images of the tree on this machine, or load those that tasks have built.

    \b
    Examples:
      relpro image build builder
      relpro image load builder
    """


@command.command("build")
@click.argument("name")
@options.generation
@click.option("--tag", metavar="TAG", help="The tag of the image; by default NAME:latest.")
@click.option("--context-only", metavar="FILE", help="Only write the build context, as tar.gz.")
def build(
    name: str, tag: str | None, context_only: str | None, **goal: Unpack[options.Generation]
) -> None:
    """Build an image of kind `docker-image` from the tree, by Docker or Podman, parents first.

    \b
    Examples:
      relpro image build builder
      relpro image build builder --context-only builder.tar.gz
    """
    pipeline = options.open_pipeline(**goal)
    task = _image(pipeline, name)
    if context_only:
        with whole_file(Path(context_only)) as file:
            file.write(_context(pipeline, task).archive())
        return
    remedy = f"start one, or write what it is built from: `relpro image build {name} --context-only"
    engine = demand_engine(f"{remedy} FILE`")
    made = _build(pipeline, task, engine, tag or f"{name}:latest")
    click.echo(made)


@command.command("load")
@click.argument("name")
@options.generation
@click.option("--tag", metavar="TAG", help="The tag of the image; by default NAME:latest.")
@click.option(
    "--task-id",
    metavar="ID",
    callback=options.check_id,
    help="Load what this task has built; by default what the index has for this tree.",
)
def load(
    name: str, tag: str | None, task_id: str | None, **goal: Unpack[options.Generation]
) -> None:
    """Load an image that a task has built into Docker or Podman.

    \b
    Examples:
      relpro image load builder
      relpro image load builder --task-id FNvWjXCmRVaC8tqNbBBYYQ
    """
    engine = demand_engine("start one of them")
    found = task_id or _indexed(_image(options.open_pipeline(**goal), name))
    called = tag or f"{name}:latest"
    engine.load(called, _parts(found), IMAGE_ARTIFACT)
    click.echo(called)


def _image(pipeline: Pipeline, name: str) -> Task:
    """The task that builds an image. Raises `RelproError` (O615)."""
    images = {task.name: task for task in pipeline.full if task.kind == IMAGES}
    if name not in images:
        raise no_image(f"no image is called `{name}`", meant(name, sorted(images)))
    return images[name]


def _context(pipeline: Pipeline, task: Task) -> DockerContext:
    said = task.attributes.get(CONTEXT)
    if said is None:
        what = f"`{task.name}` is built from a folder of another tree"
        raise no_image(what, f"load what a task has built: `relpro image load {task.name}`")
    return read_context(pipeline.project.tree, said["folder"], said["args"])


def _build(pipeline: Pipeline, task: Task, engine: Engine, tag: str) -> str:
    """Build an image after its parent; returns its tag. Raises `RelproError` (O615)."""
    context = _context(pipeline, task)
    args = dict(task.attributes[CONTEXT]["args"])
    if parent := task.dependencies.get("parent"):
        above = pipeline.full[parent]
        args["DOCKER_IMAGE_PARENT"] = _build(pipeline, above, engine, f"{above.name}:latest")
    engine.build(tag, args, context.archive())
    return tag


def _indexed(task: Task) -> str:
    """The task that built this image. Raises `RelproError` (O615)."""
    paths = tuple((task.optimization or {}).get("index-search", ()))
    found = taskcluster.open_records(None, taskcluster.moment(None)).find_all(paths)
    if (path := found.first(paths)) is None:
        what = f"no task is known that built image `{task.name}` as the tree has it"
        remedy = f"build it, `relpro image build {task.name}`, or name a task: `--task-id ID`"
        raise no_image(what, remedy)
    return found[path]


def _parts(task_id: str) -> Iterator[bytes]:
    """The image that a task has built. Raises `RelproError` (O615, Q703)."""
    from relpro.submit.access import Access  # noqa: PLC0415 - network code loads slowly
    from relpro.submit.connection import Connection  # noqa: PLC0415
    from relpro.submit.patience import MOMENT, Patience  # noqa: PLC0415
    from relpro.workers.image_artifacts import parts_of  # noqa: PLC0415

    access = Access.from_environment(os.environ, anonymous=True)
    return parts_of(Connection(access, Patience(MOMENT)), task_id, IMAGE_ARTIFACT)
