"""`relpro parameters`: every parameter with its value, where that is from, and what it means."""

import json
import sys
from collections.abc import Collection
from typing import Unpack

import click
import orjson

from relpro.cli import options
from relpro.cli.table import print_table
from relpro.model.parameters import BY_DEFAULT
from relpro.parameters.read import rows
from relpro.pipeline import Pipeline
from relpro.target.named import named

_KEYS = ("name", "value", "from", "meaning")

#: Characters shown of a value in the table.
_WIDTH = 40

_LAYOUT = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


@click.command("parameters")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@options.generation
@click.option("--set", "only_set", is_flag=True, help="Leave out those that have their default.")
@click.option(
    "--format",
    "-f",
    "style",
    type=click.Choice(["table", "json"]),
    default="table",
    help="How to print them; json has whole values.",
)
def command(
    names: tuple[str, ...], only_set: bool, style: str, **goal: Unpack[options.Generation]
) -> None:
    """Print the parameters of a graph: the value of each, where it is from, and what it means.

    They are those that `relpro graph` would have with the same words. A value is from a file and
    line, from the command line (`--param`), the flavor of a phase, a file of the project, git, the
    configuration, another parameter, or it is the default.

    \b
    Examples:
      relpro parameters
      relpro parameters -p parameters.yml --param build_number=2 --set
      relpro parameters --phase ship version release_history --format json
    """
    pipeline = options.open_pipeline(**goal)
    print_parameters(pipeline, names, only_set=only_set, style=style)


def print_parameters(
    pipeline: Pipeline, names: Collection[str] = (), *, only_set: bool = False, style: str = "table"
) -> None:
    """Print some parameters of a pipeline, or all of them. Raises `RelproError` (O605)."""
    found, every = pipeline.parameters, rows(pipeline.config)
    known = {name: every[name] for name in sorted(found)}
    wanted = {name: named("parameter", name, known) for name in names} or known
    told = [
        (name, found[name], str(found.source(name)), row.meaning)
        for name, row in wanted.items()
        if not only_set or found.source(name) != BY_DEFAULT
    ]
    if style == "json":
        listed = [dict(zip(_KEYS, one, strict=True)) for one in told]
        sys.stdout.buffer.write(orjson.dumps({"parameters": listed}, option=_LAYOUT))
        return
    table = [(name, _short(value), where, meaning) for name, value, where, meaning in told]
    print_table(_KEYS, table, left=len(_KEYS))


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."
