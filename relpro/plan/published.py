"""Takes a generation, gives the files that the creating task publishes for the other tasks.

generic-worker mounts the programs that run tasks; builders of images unpack contexts.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from relpro.pipeline import Pipeline
from relpro.run_task import PROGRAMS
from relpro.stock.docker_context import DockerContext
from relpro.stock.docker_image import published_contexts
from relpro.writing import Write


def published(pipeline: Pipeline) -> Iterator[tuple[str, Write]]:
    """Name, below `public/`, and writer of each file.

    They are for the full graph, since actions may add tasks that were not selected at first.
    """
    for name, program in PROGRAMS.items():
        yield name, partial(_copy, program)
    for name, context in published_contexts(pipeline.full, pipeline.project.tree).items():
        yield name, partial(_pack, context)


def _copy(program: Path, file: BinaryIO) -> None:
    file.write(program.read_bytes())


def _pack(context: DockerContext, file: BinaryIO) -> None:
    file.write(context.archive())
