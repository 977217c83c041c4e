"""`relpro action`: run an action, inside its task or as a dry run."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import click
import orjson

from relpro.actions.action import Action, Cancel, Generate, Request, Rerun, Work
from relpro.actions.action_input import complete_input, fields_of, refused_at
from relpro.actions.authority import objections, with_known
from relpro.actions.every import action_named
from relpro.actions.look_ups import LookUps, ProjectLookUps, RecordedLookUps
from relpro.actions.perform import perform, refuse_unreviewed, steps
from relpro.cli import options, taskcluster
from relpro.cli.doubts import tell_doubts
from relpro.cli.parameters import print_parameters
from relpro.errors import Origin, Refused, RelproError
from relpro.parameters.known import VARIABLES
from relpro.pipeline import OFFLINE_CREATOR
from relpro.plan.carry_out import prepare, try_out
from relpro.plan.plan import make_plan
from relpro.plan.records import Records
from relpro.plan.summary import summary
from relpro.plan.times import time_lines
from relpro.project import Project
from relpro.values.check import OriginOf
from relpro.writing import write_whole
from relpro.yaml.document import parse

#: The values of an event that an action needs: the revision and its project.
_HEAD = ("head_repository", "head_rev", "head_ref", "repository_type", "project", "level")

_VARIABLE = "ACTION_INPUT"


@attrs.frozen
class _Asked:
    """The parts of a request on the command line and in the environment."""

    input: Any
    origin: OriginOf
    task_group_id: str
    task_id: str | None
    creator: str
    head: dict[str, str]


@click.command("action")
@click.argument("name", required=False, envvar="ACTION_CALLBACK")
@options.root
@click.option("--input", "input_file", metavar="FILE", help="Instead of ACTION_INPUT: YAML, JSON.")
@click.option(
    "--group",
    envvar="ACTION_TASK_GROUP_ID",
    default="",
    metavar="ID",
    callback=options.check_id,
    help="The task group; replaces ACTION_TASK_GROUP_ID.",
)
@click.option(
    "--task",
    metavar="ID",
    callback=options.check_id,
    help="The task; replaces ACTION_TASK_ID.",
)
@options.runs_in("The task that runs the action; or TASK_ID.")
@taskcluster.env_prefix
@taskcluster.artifacts
@options.answers
@taskcluster.folder
@options.output("With --dry-run: save the plan.")
@taskcluster.now
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@options.shows_parameters
def command(
    name: str | None,
    root: str,
    input_file: str | None,
    group: str,
    task: str | None,
    task_id: str | None,
    env_prefix: str | None,
    artifacts: str | None,
    answers: str | None,
    output_dir: str,
    output: str | None,
    now: str | None,
    dry_run: bool,
    show_parameters: bool,
) -> None:
    """Run an action, in CI or as a dry run.

    In CI, environment variables describe the request. Elsewhere, with --dry-run, it shows what the
    action would do, based on the artifacts of real task groups or on recorded ones. With real ones,
    it is refused if the action would be, except for missing scopes. With --output-dir, it also
    writes the artifacts.

    \b
    Examples:
      relpro action release-promotion --input promote.yml --dry-run
      relpro action release-promotion --input promote.yml --dry-run \\
        --artifacts recorded/ --answers answers.json -o plan.json
    """
    project = options.open_project(root)
    head = _head(env_prefix or project.config.source_env_prefix)
    wanted = _required(name, "name the action")
    project.import_transforms()
    action = action_named(wanted, project.config, head.get("project", ""))
    creator = _creator(task_id, dry_run)
    asked = _Asked(*_input(input_file), group, task or _task(), creator, head)
    when = taskcluster.moment(now)
    desk = None if dry_run else taskcluster.open_desk(when)
    if desk:
        records = taskcluster.with_artifacts(desk.records, artifacts)
    else:
        records = taskcluster.open_records(artifacts, when)
    recorded = RecordedLookUps(Path(answers)) if answers else None
    records = taskcluster.with_index(records, recorded.index() if recorded else None)
    look_ups = recorded or ProjectLookUps(project)
    request = with_known(
        _request(project, action, asked, records, look_ups, when, acts=not dry_run)
    )
    if denied := tuple(objections(action, request)):
        raise Refused(*denied)
    work = action.decide(request)
    if isinstance(work, Generate):
        tell_doubts(work.pipeline)
    reviewed = request.input.get("plan_digest") or ""
    if desk is None:
        queue = records if taskcluster.is_at_hand() and not artifacts else None
        _show(work, output, reviewed, queue, when, show_parameters=show_parameters)
        return
    for line in perform(work, desk, Path(output_dir), taskcluster.actions_of, reviewed):
        click.echo(line)


def _request(
    project: Project,
    action: Action,
    asked: _Asked,
    records: Records,
    look_ups: LookUps,
    now: datetime,
    *,
    acts: bool,
) -> Request:
    given = complete_input(action.name, action.schema(project.config), asked.input, asked.origin)
    return Request(
        project=project,
        input=given,
        task_group_id=asked.task_group_id,
        task_id=asked.task_id,
        creator=asked.creator,
        head=asked.head,
        records=records,
        look_ups=look_ups,
        now=now,
        root_url=taskcluster.root_url(),
        acts=acts,
    )


def _show(
    work: Work,
    output: str | None,
    reviewed: str,
    queue: Records | None,
    now: datetime,
    *,
    show_parameters: bool,
) -> None:
    """Say what would be done.

    Raises `Refused` as doing it would, where a queue can be asked: what was recorded knows little
    of what it has.
    """
    match work:
        case Generate(pipeline):
            if folder := taskcluster.said_folder():
                plan = prepare(pipeline, folder, taskcluster.actions_of(pipeline))
            else:
                plan = make_plan(pipeline)
            if output:
                write_whole(Path(output), plan.encode())
            if show_parameters:
                print_parameters(pipeline)
            else:
                click.echo("\n".join((*summary(plan), *time_lines(pipeline.morphed.unresolved))))
            refuse_unreviewed(plan, reviewed)
            if queue:
                try_out(pipeline, plan, queue, now)
        case Rerun() | Cancel():
            click.echo("\n".join(steps(work)))


def _input(file: str | None) -> tuple[object, OriginOf]:
    """The input as written, and the places of its parts."""
    if file is not None:
        document = parse(Path(file).read_bytes(), file)
        return document.data, document.locations.origin
    text = os.environb.get(b"ACTION_INPUT", b"null")
    try:
        return orjson.loads(text), fields_of(_VARIABLE)
    except orjson.JSONDecodeError as error:
        what = f"`ACTION_INPUT` is not JSON: {error}"
        raise RelproError(refused_at(Origin(_VARIABLE), what)) from None


def _task() -> str | None:
    """The task of the request: JSON text, or `null` (`.taskcluster.yml`)."""
    task_id = os.environ.get("ACTION_TASK_ID", "null").strip('"')
    return None if task_id in {"", "null"} else options.task_id(task_id, "ACTION_TASK_ID")


def _head(prefix: str) -> dict[str, str]:
    names = {name: f"{prefix}_{VARIABLES[name]}" for name in _HEAD}
    return {name: os.environ[key] for name, key in names.items() if os.environ.get(key)}


def _creator(task_id: str | None, dry_run: bool) -> str:
    if task_id or dry_run:
        return task_id or OFFLINE_CREATOR
    raise click.UsageError("no task runs this: set TASK_ID, or say --dry-run")


def _required(value: str | None, what: str) -> str:
    if not value:
        raise click.UsageError(f"{what}, or set ACTION_CALLBACK")
    return value
