"""`relpro effects`: the places that tasks write and read, besides their artifacts."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Unpack

import click
import orjson

from relpro.cli import options
from relpro.cli.status import open_queue
from relpro.cli.table import print_table
from relpro.compare.group import graph_of_group
from relpro.compare.sides import Written
from relpro.graph.places import Use, uses_in
from relpro.model.place import KINDS
from relpro.plan.places import uses_in_plan
from relpro.plan.plan import is_plan, read_plan


@click.command("effects")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@options.generation
@click.option(
    "--group",
    metavar="GROUP",
    callback=options.check_id,
    help="Show the effects of the tasks in this group, as their decisions published them.",
)
@click.option("--place", type=click.Choice(tuple(KINDS)), help="Only places of this kind.")
@click.option("--key", metavar="REGEX", help="Only places whose key matches from its start.")
@click.option("--locale", metavar="LOCALE", help="Only those of tasks for this locale.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def command(
    file: Path | None,
    group: str | None,
    place: str | None,
    key: str | None,
    locale: str | None,
    as_json: bool,
    **goal: Unpack[options.Generation],
) -> None:
    """Show the places that the tasks of a phase write and read.

    FILE is a plan, a graph file or a folder of decision artifacts. Without it and without --phase,
    the tasks are those of a push. Places are files in a bucket, download names and aliases, blobs
    and rules of the update server, tags, tracks of stores, index paths, and more: see `--place`. A
    copy is shown as its target folder; a place that is read and ends in `/` stands for everything
    below it.

    \b
    Examples:
      relpro effects --phase promote --place download
      relpro effects --phase promote --locale de --json
      relpro effects plan.json --key 'release/pub/.*\\.mar'
      relpro effects --group FNvWjXCmRVaC8tqNbBBYYQ --place alias
    """
    pattern = options.pattern(key)
    rows = [
        _row(use)
        for use in sorted(_uses(file, group, goal))
        if place in (None, use.place.kind)
        and locale in (None, use.locale)
        and pattern.match(use.place.key)
    ]
    if as_json:
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    heads = ("does", "place", "key", "task")
    print_table(heads, [tuple(row[head] for head in heads) for row in rows], left=4)


def _uses(file: Path | None, group: str | None, goal: options.Generation) -> Iterable[Use]:
    if file is None and group is None:
        return uses_in(options.open_pipeline(**goal).created.graph)
    said = [name for name, value in goal.items() if value and name != "root"]
    if said or (file and group):
        raise click.UsageError("a file or a group is shown as it is: leave the other options out")
    if group is not None:
        return uses_in(graph_of_group(open_queue(os.environ, anonymous=True), group))
    assert file is not None
    return (
        uses_in_plan(read_plan(file))
        if is_plan(file)
        else uses_in(Written(file).read("morphed").graph)
    )


def _row(use: Use) -> dict[str, Any]:
    """The row for a use; `moves` says that each release writes the place again."""
    kind, key = use.place
    source = {"source": use.source} if use.source else {}
    return {
        "does": use.does,
        "place": kind,
        "key": key,
        "task": use.task,
        "locale": use.locale,
        "moves": use.place.moves,
        **source,
    }
