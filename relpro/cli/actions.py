"""`relpro actions`: the actions that a decision's task group offers."""

import sys
from typing import Unpack

import click
import orjson

from relpro.cli import options, taskcluster


@click.command("actions")
@options.generation
@click.option("--names", is_flag=True, help="Print only the name and description of each.")
def command(names: bool, **goal: Unpack[options.Generation]) -> None:
    """Print actions.json as the decision task of a push would publish it.

    \b
    Examples:
      relpro actions --names
      relpro actions -p parameters.yml
    """
    content = taskcluster.actions_of(options.open_pipeline(**goal))
    if names:
        for action in content["actions"]:
            click.echo(f"{action['name']:<22} {action['description']}")
        return
    layout = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    sys.stdout.buffer.write(orjson.dumps(content, option=layout))
