"""Options that several commands share, and the project and pipeline that they stand for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from relpro.errors import Origin
from relpro.load.parameters import check_parameters, parse_assignment, read_parameter_file
from relpro.model.phase import PHASES, Phase
from relpro.pipeline import Goal, Pipeline
from relpro.project import Project

_COMMAND_LINE = Origin("--param")
_Command = TypeVar("_Command", bound=Callable[..., Any])

root = click.option(
    "--root",
    "-r",
    default=".",
    metavar="DIR",
    help="A folder of the project; by default the current one.",
)
parameters = click.option(
    "--parameters",
    "-p",
    "parameter_files",
    multiple=True,
    metavar="FILE",
    help="A parameters file, or a folder of decision artifacts. Later ones win.",
)
assignments = click.option(
    "--param",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help="One parameter: VALUE is YAML, or @FILE.",
)
phase = click.option(
    "--phase", type=click.Choice(PHASES), help="The phase of the release to generate."
)
product = click.option(
    "--product", metavar="NAME", help="The product to release; by default the project's first."
)
flavor = click.option(
    "--flavor", metavar="NAME", help="A flavor of the release-promotion action, by its name."
)
fresh = click.option(
    "--fresh", is_flag=True, help="Take nothing as made by earlier phases: the whole snowman."
)


def generation(command: _Command) -> _Command:
    """The options that say what to generate: `open_pipeline` takes them all."""
    for option in (fresh, flavor, product, phase, assignments, parameters, root):
        command = option(command)
    return command


def open_project(root: str) -> Project:
    """The project of a folder. Raises `RelproError` (K210)."""
    return Project.find(Path(root))


def given_parameters(
    project: Project, parameter_files: tuple[str, ...], assignments: tuple[str, ...]
) -> dict[str, Any]:
    """What files and words say of the parameters, checked against the project."""
    values: dict[str, Any] = {}
    for name in parameter_files:
        source = read_parameter_file(Path(name))
        check_parameters(source.values, project.config, source.origin)
        values.update(source.values)
    said = dict(parse_assignment(word) for word in assignments)
    check_parameters(said, project.config, lambda *_: _COMMAND_LINE)
    return {**values, **said}


def open_pipeline(
    root: str,
    parameter_files: tuple[str, ...] = (),
    assignments: tuple[str, ...] = (),
    phase: str | None = None,
    product: str | None = None,
    flavor: str | None = None,
    fresh: bool = False,
    kinds: tuple[str, ...] = (),
) -> Pipeline:
    """The pipeline that the shared options ask for."""
    project = open_project(root)
    values = given_parameters(project, parameter_files, assignments)
    goal = Goal(Phase(phase) if phase else None, product, flavor, fresh, kinds)
    return Pipeline.of(project, values, goal)
