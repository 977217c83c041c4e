"""`relpro scopes`: the roles that a Taskcluster needs for this project, and their scopes."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from relpro.actions.actions_json import read_template
from relpro.actions.every import actions_for
from relpro.actions.hooks import roles as hook_roles
from relpro.actions.template import disagreements
from relpro.cli import options
from relpro.errors import Diagnostic, RelproError, raise_all, warnings
from relpro.grants.roles import Role, roles
from relpro.model.config import LEVELS, GraphConfig
from relpro.parameters.read import given_values
from relpro.schemas.documents import ROLES
from relpro.submit.scopes import Scopes
from relpro.target.named import named

_LAYOUT = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


@click.command("scopes")
@options.root
@options.parameters
@click.option(
    "--project",
    "names",
    multiple=True,
    metavar="NAME",
    help="Only this project of the configuration; repeatable.",
)
@click.option(
    "--flavor",
    "flavors",
    multiple=True,
    metavar="NAME",
    help="Only this flavor of releases; repeatable. By default all.",
)
@click.option(
    "--granted",
    metavar="FILE",
    help="Roles that exist, as JSON {roles: [{roleId, scopes}]}: print how they differ.",
)
@click.option(
    "--format",
    "-f",
    "style",
    type=click.Choice(("text", "json")),
    default="text",
    help="The output.",
)
def command(
    root: str,
    parameter_files: tuple[str, ...],
    names: tuple[str, ...],
    flavors: tuple[str, ...],
    granted: str | None,
    style: str,
) -> None:
    """Print the scopes that a Taskcluster must grant: for each role, those that its tasks need.

    `.taskcluster.yml` is rendered for every event (pushes, pull requests, releases, jobs of
    `.cron.yml`, actions); the scopes are those of the resulting graphs, for every flavor. A scope
    that contains a revision, a date or a version is cut off there and ends in `*`. The JSON has
    roles for createRole of auth, including those of hooks. A flavor that a project cannot run is
    named in a warning.

    With --granted: `+` is needed but not granted, `-` is granted but not needed; exits with 1 if
    there is either.

    \b
    Examples:
      relpro scopes
      relpro scopes --project main -p parameters.yml --format json > roles.json
      relpro scopes --granted roles.json
    """
    project = options.open_project(root)
    config = project.config
    for name in names:
        named("project", name, config.projects)
    for flavor in flavors:
        named("flavor", flavor, config.flavors)
    if not config.projects:
        raise RelproError(_nobody(config))
    has = _read(granted) if granted else None
    template = read_template(project.root)
    raise_all(disagreements(template, config))
    further = given_values(map(Path, parameter_files), (), config).values
    project.import_transforms()
    refused: list[Diagnostic] = []
    found = roles(project, template, further, names=names, flavors=flavors, refused=refused.append)
    if text := warnings(refused, project.read_line):
        click.echo(text, err=True)
    wanted = {role.name: role.scopes for role in found} | _of_hooks(config, names)
    if has is not None:
        lines = list(_compared(wanted, has))
        click.echo("\n".join(lines) if lines else "what is granted is what is needed")
        sys.exit(1 if lines else 0)
    if style == "json":
        sys.stdout.buffer.write(
            orjson.dumps({"roles": list(_entries(found, wanted))}, option=_LAYOUT)
        )
    else:
        click.echo("\n\n".join(_shown(role) for role in found))


def _of_hooks(config: GraphConfig, names: tuple[str, ...]) -> dict[str, dict[str, tuple[str, ...]]]:
    """The roles of the hooks of actions."""
    of = [config.projects[name].level for name in names] or LEVELS
    levels = [level for level in LEVELS if level in of and config.action_repositories(level)]
    made = hook_roles(actions_for(config), config, levels)
    return {role["roleId"]: dict.fromkeys(role["scopes"], ()) for role in made}


def _nobody(config: GraphConfig) -> Diagnostic:
    return Diagnostic(
        "Q707",
        "no project says whose tasks these are",
        (config.origin,),
        why="a role is that of a repository, and `projects` names none",
        remedy="projects: {NAME: {level: '3', repositories: ['https://…'], branches: [main]}}",
    )


def _entries(
    found: Iterable[Role], wanted: Mapping[str, Iterable[str]]
) -> Iterator[Mapping[str, Any]]:
    about = {role.name: "; ".join(role.about) for role in found}
    for name, scopes in wanted.items():
        description = about.get(name, "actions, by their hooks")
        yield {"roleId": name, "description": description, "scopes": list(scopes)}


def _shown(role: Role) -> str:
    width = max(map(len, role.scopes), default=0)
    lines = [role.name, *(f"  {about}" for about in role.about)]
    lines += [f"    {scope:<{width}}  {_few(kinds)}" for scope, kinds in role.scopes.items()]
    return "\n".join(lines)


def _few(kinds: tuple[str, ...], most: int = 4) -> str:
    more = f" and {len(kinds) - most} more" if len(kinds) > most else ""
    return f"{', '.join(kinds[:most])}{more}"


def _read(name: str) -> Mapping[str, tuple[str, ...]]:
    """Role -> its scopes, from a file. Raises `RelproError` (K248)."""
    content = Path(name).read_bytes()
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise RelproError(Diagnostic("K248", f"`{name}` is not JSON: {error}")) from None
    raise_all(Diagnostic("K248", f"`{name}`: {text}") for text in ROLES.misfits(found))
    return {role["roleId"]: tuple(role["scopes"]) for role in found["roles"]}


def _compared(
    wanted: Mapping[str, Iterable[str]], granted: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    """A line for each scope that is only needed or only granted, below its role."""
    for role in sorted({*wanted, *granted}):
        needs, has = wanted.get(role, ()), granted.get(role, ())
        held, asked = Scopes(has), tuple(needs)
        lines = [f"  + {scope}" for scope in asked if not held.satisfy(scope)]
        lines += [f"  - {scope}" for scope in has if not any(map(Scopes([scope]).satisfy, asked))]
        if lines:
            yield "\n".join((role, *lines))
