"""Takes a generation, gives what its tasks read from the task that creates them.

Workers of generic-worker mount the programs that run tasks; builders of images unpack contexts.
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

    Of the full graph, for actions add tasks that were not wanted at first.
    """
    for name, program in PROGRAMS.items():
        yield name, partial(_copy, program)
    for name, context in published_contexts(pipeline.full, pipeline.project.tree).items():
        yield name, partial(_pack, context)


def _copy(program: Path, file: BinaryIO) -> None:
    file.write(program.read_bytes())


def _pack(context: DockerContext, file: BinaryIO) -> None:
    file.write(context.archive())
