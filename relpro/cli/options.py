"""Options that several commands share, and the project and pipeline for them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import click

from relpro.cli.defaults import filled
from relpro.cli.sources import at_hand
from relpro.errors import Diagnostic, RelproError
from relpro.goal import Goal
from relpro.graph.taskids import TASK_ID
from relpro.model.phase import PHASES, Phase
from relpro.parameters.read import given_values
from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.python.failure import TRACEBACK
from relpro.values.patterns import NoPattern, Pattern

Command = TypeVar("Command", bound=Callable[..., Any])


class OfPhases(TypedDict):
    """What `generations` gives a command for each of the phases."""

    product: str | None
    flavor: str | None
    fresh: bool


class Generation(OfPhases):
    """What `generation` gives a command, and `open_pipeline` takes."""

    root: str
    parameter_files: tuple[str, ...]
    assignments: tuple[str, ...]
    phase: str | None


def not_empty(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A callback: the value, or an error if it is empty, as for an unset shell variable."""
    if value == "":
        raise click.BadParameter("it is empty")
    return value


_root = click.option(
    "--root",
    "-r",
    default=".",
    metavar="DIR",
    is_eager=True,
    help="A folder of the project; by default the current one.",
)
_traceback = click.option(
    TRACEBACK,
    is_flag=True,
    expose_value=False,
    help="Show where a function of the project failed, from call to call.",
)


def root(command: Command) -> Command:
    """The options of commands that work with a project."""
    return _root(_traceback(command))


parameters = click.option(
    "--parameters",
    "-p",
    "parameter_files",
    multiple=True,
    metavar="FILE",
    callback=at_hand,
    help="A parameters file, a folder of decision artifacts, `task-id=ID`, `project=NAME`,"
    " `index=PATH` or https://... Later ones win.",
)
assignments = click.option(
    "--param",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help="One parameter: VALUE is YAML, or @FILE.",
)
answers = click.option(
    "--answers",
    metavar="PATH",
    callback=not_empty,
    help="Recorded answers to look-ups, and of the index: a file or folder.",
)
phase = click.option(
    "--phase", type=click.Choice(PHASES), help="The phase of the release to generate."
)
product = click.option(
    "--product",
    metavar="NAME",
    callback=not_empty,
    help="The product to release, with --phase; by default the project's first.",
)
flavor = click.option(
    "--flavor",
    metavar="NAME",
    callback=not_empty,
    help="A flavor of the release-promotion action, instead of phase and product.",
)
fresh = click.option(
    "--fresh", is_flag=True, help="Reuse nothing of earlier phases: make everything."
)


def generation(command: Command) -> Command:
    """The options for what to generate; `open_pipeline` takes them all."""
    return _generation(phase, command)


def generations(what: str) -> Callable[[Command], Command]:
    """The same, but for any number of phases; `what` describes each."""
    several = click.option(
        "--phase",
        "phases",
        type=click.Choice(PHASES),
        multiple=True,
        help=f"{what}; may be given several times.",
    )

    def command_of(command: Command) -> Command:
        return _generation(several, command)

    return command_of


def _generation(of: Callable[[Command], Command], command: Command) -> Command:
    command = filled(command)
    for option in (fresh, flavor, product, of, assignments, parameters, root):
        command = option(command)
    return command


def runs_in(what: str) -> Callable[[Command], Command]:
    """The option for the task in which a command runs."""
    return click.option("--task-id", envvar="TASK_ID", metavar="ID", callback=check_id, help=what)


def check_id(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A callback: the value if it is empty or the id of a task or task group, else an error."""
    return task_id(value) if value else value


def check_group(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """A callback: the value if it is the id of a task group, else an error."""
    return task_id(value)


def task_id(value: str, name: str | None = None) -> str:
    """The value if it can be the id of a task or task group, else a usage error about `name`."""
    if not TASK_ID.fullmatch(value):
        what = f"`{value}` is not an id of a task or task group: those have 22 characters, such as"
        raise click.BadParameter(f"{what} `FNvWjXCmRVaC8tqNbBBYYQ`", param_hint=name)
    return value


def pattern(text: str | None) -> Pattern:
    """A regular expression that matches from the start; empty text matches everything.

    Raises `RelproError` (O604) for an invalid one.
    """
    try:
        return Pattern.of(text or "")
    except NoPattern as error:
        what = f"`{text}` is not a regular expression: {error}"
        raise RelproError(Diagnostic("O604", what)) from None


shows_parameters = click.option(
    "--show-parameters",
    is_flag=True,
    help="With --dry-run: print the parameters and where they are from, not what is created.",
)


def open_project(root: str) -> Project:
    """The project of a folder. Raises `RelproError` (K210)."""
    return Project.find(Path(root))


def check_goal(phase: object, product: str | None, flavor: str | None) -> None:
    """Raise a usage error for an option that would be ignored."""
    if flavor and (phase or product):
        raise click.UsageError("`--flavor` says phase and product: leave them out, or the flavor")
    if product and not phase:
        raise click.UsageError("`--product` needs a `--phase` of its release")


def output(what: str) -> Callable[[Command], Command]:
    """The option for the file to write."""
    return click.option("--output", "-o", metavar="FILE", callback=not_empty, help=what)


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
    """The pipeline for the shared options."""
    project = open_project(root)
    said = given_values(map(Path, parameter_files), assignments, project.config)
    check_goal(phase, product, flavor)
    goal = Goal(Phase(phase) if phase else None, product, flavor, fresh, kinds)
    return Pipeline.of(project, said.values, goal, said.sources)
