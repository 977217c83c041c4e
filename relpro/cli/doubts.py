"""Takes a pipeline, tells on standard error what may be a mistake, and stops nothing."""

import click

from relpro.errors import warnings
from relpro.load.vcs import tracked_files
from relpro.optimize.unmatched import unmatched_patterns
from relpro.pipeline import Pipeline


def tell_doubts(pipeline: Pipeline) -> None:
    """Tell of patterns that match no file of the repository (O606)."""
    project = pipeline.project
    found = unmatched_patterns(
        pipeline.full, pipeline.config.strategies, lambda: tracked_files(project.root)
    )
    if text := warnings(found, project.read_line):
        click.echo(text, err=True)
