"""`relpro hooks`: the hooks and roles that this project's actions need."""

import sys

import click
import orjson

from relpro.actions.actions_json import read_template
from relpro.actions.every import actions_for
from relpro.actions.hooks import hooks, roles
from relpro.actions.template import disagreements
from relpro.cli import options
from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.model.config import LEVELS, GraphConfig


@click.command("hooks")
@options.root
@click.option(
    "--level",
    "levels",
    type=click.Choice(LEVELS),
    multiple=True,
    help="Only this level; repeatable. By default every level that a project has.",
)
def command(root: str, levels: tuple[str, ...]) -> None:
    """Print the hooks and roles that run the actions of this project, as JSON.

    `hooks` are for createHook of the hooks service, `roles` for createRole of auth. The names of
    hooks contain a digest of `.taskcluster.yml`: install them again when it changes.

    \b
    Examples:
      relpro hooks
      relpro hooks --level 3 > hooks.json
    """
    project = options.open_project(root)
    config = project.config
    template = read_template(project.root)
    raise_all(disagreements(template, config))
    wanted = [level for level in levels or LEVELS if config.action_repositories(level)]
    if not wanted:
        raise RelproError(_nobody(config, levels))
    project.import_transforms()
    actions = actions_for(config)
    made = hooks(actions, config, template=template, levels=wanted)
    content = {"hooks": made, "roles": roles(actions, config, wanted)}
    layout = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    sys.stdout.buffer.write(orjson.dumps(content, option=layout))


def _nobody(config: GraphConfig, levels: tuple[str, ...]) -> Diagnostic:
    said = f" of level {' or '.join(levels)}" if levels else ""
    return Diagnostic(
        "Q707",
        f"no project{said} says whose actions hooks may run",
        (config.origin,),
        why="a hook has the scopes of the repositories of its level, and there are none",
        remedy="projects: {NAME: {level: '3', repositories: ['https://…'], branches: [main]}}",
    )
