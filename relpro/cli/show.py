"""`relpro show`: one task, in readable form."""

import sys
from typing import Unpack

import click
import orjson
import yaml

from relpro.cli import options
from relpro.cli.graph import STAGES, at_stage, texts_at
from relpro.cli.plain import plain, styled
from relpro.explain.reasons import Reasons
from relpro.graph.render import Plain
from relpro.pipeline import Pipeline


@click.command("show")
@click.argument("label")
@options.generation
@at_stage("As which stage has it; by default the last one that does.")
def command(label: str, stage: str | None, **goal: Unpack[options.Generation]) -> None:
    """Print a task as YAML: its names, its dependencies, its complete body.

    A task that would be created is shown as sent to the queue. One that is reused or not selected
    is shown as its kind makes it.

    \b
    Examples:
      relpro show build-win64-shippable/opt
      relpro show balrog-de-win64-shippable/opt --phase promote
    """
    pipeline = options.open_pipeline(**goal)
    task = orjson.loads(_text(pipeline, label, stage))
    text = yaml.dump(task, Dumper=Plain, allow_unicode=True, sort_keys=False, width=100)
    _print(plain(text))


def _text(pipeline: Pipeline, label: str, stage: str | None) -> bytes:
    """The task as in graph files. Raises `RelproError` (O604) if the stage does not have it."""
    for name in (stage,) if stage else ("morphed", "full"):
        graph = STAGES[name](pipeline)
        if label in graph:
            ((_, text),) = texts_at(pipeline, name, graph.restrict([label]))
            return text
    if label in pipeline.full:
        raise click.UsageError(f"stage `{stage}` has no task `{label}`; `relpro why-not` says why")
    Reasons(pipeline).of(label)
    raise click.UsageError(f"no kind makes `{label}`; `relpro why-not` says why")


def _print(text: str) -> None:
    stream = styled(sys.stdout)
    if not stream.isatty():
        click.echo(text, nl=False)
        return
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.syntax import Syntax  # noqa: PLC0415

    Console(file=stream).print(Syntax(text, "yaml", theme="ansi_dark", word_wrap=True))
