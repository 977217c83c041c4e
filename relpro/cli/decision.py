"""`relpro decision`: the decision task of a push, a pull request, a release or a cron job."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from relpro.actions.promotion.ancestors import unrelated
from relpro.actions.promotion.previous import PreviousGraphs
from relpro.actions.promotion.push import find_decision
from relpro.cli import options, taskcluster
from relpro.cli.changes import listed_by, with_history
from relpro.cli.doubts import tell_doubts
from relpro.cli.parameters import print_parameters
from relpro.decision import Event, commit, decision_parameters
from relpro.errors import Origin, raise_all
from relpro.model.parameters import Said
from relpro.parameters.known import VARIABLES
from relpro.parameters.read import assigned
from relpro.pipeline import OFFLINE_CREATOR, Pipeline
from relpro.plan.carry_out import carry_out, prepare
from relpro.plan.records import Records
from relpro.plan.summary import summary
from relpro.project import Project


def _event(command: Callable[..., Any]) -> Callable[..., Any]:
    """One option for each value of an event."""
    for name, end in reversed(tuple(VARIABLES.items())):
        flag = f"--{name.replace('_', '-')}"
        command = click.option(flag, metavar="TEXT", help=f"Instead of <PREFIX>_{end}.")(command)
    return command


@click.command("decision")
@options.root
@taskcluster.env_prefix
@_event
@options.assignments
@click.option(
    "--optimize-target-tasks",
    type=bool,
    is_flag=False,
    flag_value=True,
    default=None,
    metavar="true|false",
    help="Whether target tasks may be optimized away as well.",
)
@click.option(
    "--include-push-tasks",
    is_flag=True,
    help="Reuse what the push of this revision has made, instead of making it again.",
)
@click.option(
    "--rebuild-kind",
    "rebuild_kinds",
    multiple=True,
    metavar="KIND",
    help="With --include-push-tasks: make this kind again. Repeatable.",
)
@options.runs_in("The decision task; or TASK_ID.")
@options.answers
@taskcluster.folder
@taskcluster.now
@click.option("--dry-run", is_flag=True, help="Write the artifacts, and create nothing.")
@options.shows_parameters
def command(
    root: str,
    env_prefix: str | None,
    assignments: tuple[str, ...],
    optimize_target_tasks: bool | None,
    include_push_tasks: bool,
    rebuild_kinds: tuple[str, ...],
    task_id: str | None,
    answers: str | None,
    output_dir: str,
    now: str | None,
    dry_run: bool,
    show_parameters: bool,
    **said: str | None,
) -> None:
    """Run the decision task: make the graph for an event, publish it, create its tasks.

    The event is read from environment variables, which `.taskcluster.yml` sets. A cron job adds
    arguments: its target method, and whether to reuse tasks of the push.

    \b
    Example, on your machine:
      relpro decision --dry-run --project NAME --level 1 --tasks-for github-push \\
        --owner me@example.com --head-repository URL --head-rev "$(git rev-parse HEAD)"
    """
    project = options.open_project(root)
    prefix = env_prefix or project.config.source_env_prefix
    event = Event.read(os.environ, prefix, {k: v for k, v in said.items() if v})
    further = assigned(assignments, project.config)
    if optimize_target_tasks is not None:
        where = Origin("--optimize-target-tasks")
        further |= Said.at(where, {"optimize_target_tasks": optimize_target_tasks})
    when = taskcluster.moment(now)
    if include_push_tasks:
        records = taskcluster.open_records(None, when)
        pushed = _pushed(project, event, records, rebuild_kinds)
        further |= Said.at(Origin("--include-push-tasks"), {"existing_tasks": pushed})
    tell, listed = partial(click.echo, err=True), listed_by(project, answers)
    parameters = decision_parameters(project, event, further, tell, listed)
    parameters = with_history(project, parameters, answers)
    if not parameters["message"]:
        click.echo(_unknown(str(parameters["head_rev"])), err=True)
    creator = _creator(task_id, dry_run)
    if dry_run:
        pipeline = Pipeline(project, parameters, creator=creator)
        _show(pipeline, Path(output_dir), show_parameters=show_parameters)
        return
    desk = taskcluster.open_desk(when)
    pipeline = Pipeline(
        project,
        parameters,
        creator=creator,
        root_url=taskcluster.root_url(),
        find=desk.records.find_all,
        exists=desk.records.statuses,
    )
    plan = prepare(pipeline, Path(output_dir), taskcluster.actions_of(pipeline))
    tell_doubts(pipeline)
    click.echo(carry_out(pipeline, plan, desk).told)


def _show(pipeline: Pipeline, folder: Path, *, show_parameters: bool) -> None:
    plan = prepare(pipeline, folder, taskcluster.actions_of(pipeline))
    if show_parameters:
        print_parameters(pipeline)
    else:
        click.echo("\n".join(summary(plan)))
    tell_doubts(pipeline)


def _pushed(
    project: Project, event: Event, records: Records, rebuild_kinds: tuple[str, ...]
) -> dict[str, str]:
    """Label -> task id of the tasks that the push of the event's revision and branch has made."""
    revision = commit(project.root, event.values["head_rev"])
    head = {**event.values, "head_rev": revision}
    decision = find_decision(records, project.config, head, revision)
    pushed = PreviousGraphs.read({decision: Origin("index")}, records, project.config)
    raise_all(unrelated(pushed, head, ""))
    return pushed.existing_tasks(rebuild_kinds)


def _unknown(revision: str) -> str:
    """What to do if git does not know the revision, or is not available."""
    return f"git tells no message of revision `{revision}`: no `DONTBUILD` is heeded"


def _creator(task_id: str | None, dry_run: bool) -> str:
    if task_id:
        return task_id
    if dry_run:
        return OFFLINE_CREATOR
    raise click.UsageError("no task runs this: set TASK_ID, or say --dry-run")
