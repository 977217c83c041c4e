"""`relpro hooks`: what a Taskcluster must have for the actions of this project to run."""

import sys

import click
import orjson

from relpro.actions.actions_json import read_template
from relpro.actions.every import actions_for
from relpro.actions.hooks import hooks, roles
from relpro.cli import options
from relpro.model.config import LEVELS


@click.command("hooks")
@options.root
@click.option(
    "--level",
    "levels",
    type=click.Choice(LEVELS),
    multiple=True,
    help="Of this level alone; repeatable. By default of every level that a project has.",
)
def command(root: str, levels: tuple[str, ...]) -> None:
    """Print the hooks and roles that run the actions of this project, as JSON.

    `hooks` holds what createHook of the hooks service takes, `roles` what createRole of auth takes.
    The names of hooks hold a digest of `.taskcluster.yml`: install them again when it changes.

    \b
    Examples:
      relpro hooks
      relpro hooks --level 3 > hooks.json
    """
    project = options.open_project(root)
    config = project.config
    wanted = levels or tuple(sorted({each.level for each in config.projects.values()})) or ("1",)
    actions = actions_for(config)
    made = hooks(actions, config, template=read_template(project.root), levels=wanted)
    content = {"hooks": made, "roles": roles(actions, config, wanted)}
    layout = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    sys.stdout.buffer.write(orjson.dumps(content, option=layout))
