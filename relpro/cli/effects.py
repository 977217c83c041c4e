"""`relpro effects`: what the tasks of a phase do outside of their own artifacts."""

import re
from collections.abc import Iterator
from typing import Any

import click
import orjson

from relpro.cli import options
from relpro.cli.table import print_table
from relpro.errors import Diagnostic, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.place import KINDS
from relpro.pipeline import Pipeline


@click.command("effects")
@options.generation
@click.option("--place", type=click.Choice(tuple(KINDS)), help="Only places of this kind.")
@click.option("--key", metavar="REGEX", help="Only places whose key this is found in.")
@click.option("--locale", metavar="LOCALE", help="Only those of tasks for this locale.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def command(
    place: str | None, key: str | None, locale: str | None, as_json: bool, **goal: Any
) -> Pipeline:
    """Show the places that the tasks of a phase write and read.

    Without --phase, those of a push. Told is what the tasks say of it: files that go to a bucket,
    download names and aliases, blobs and rules of the update server, tags, records in Ship-it.

    \b
    Examples:
      relpro effects --phase promote --place download
      relpro effects --phase promote --locale de --json
    """
    pipeline = options.open_pipeline(**goal)
    pattern = _pattern(key)
    rows = [
        row
        for row in _rows(pipeline.optimized.graph)
        if place in (None, row["place"])
        and locale in (None, row["locale"])
        and pattern.search(row["key"])
    ]
    if as_json:
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return pipeline
    heads = ("does", "place", "key", "task")
    print_table(heads, [tuple(row[head] for head in heads) for row in rows], left=4)
    return pipeline


def _pattern(key: str | None) -> re.Pattern[str]:
    try:
        return re.compile(key or "")
    except re.error as error:
        what = f"`{key}` is no regular expression: {error}"
        raise RelproError(Diagnostic("O604", what)) from None


def _rows(graph: TaskGraph) -> Iterator[dict[str, str]]:
    """What each task does, sorted by place; a task of no locale has an empty one."""
    every = [
        (kind, key, does, task.label, task.attributes.get("locale") or "")
        for task in graph
        for does, places in (("writes", task.effects.writes), ("reads", task.effects.reads))
        for kind, key in places
    ]
    for kind, key, does, label, locale in sorted(every):
        yield {"does": does, "place": kind, "key": key, "task": label, "locale": locale}
