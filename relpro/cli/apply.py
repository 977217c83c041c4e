"""`relpro apply`: create the tasks of a saved plan."""

from pathlib import Path

import attrs
import click

from relpro.cli import options, taskcluster
from relpro.parameters.read import given_values
from relpro.plan.carry_out import assumption, carry_out, prepare, try_out
from relpro.plan.drift import refuse_drift
from relpro.plan.plan import make_plan, read_plan, remake
from relpro.plan.root_task import carry_out_under_root, root_id
from relpro.transform.completion import complete


@click.command("apply")
@click.argument("file", type=click.Path(path_type=Path))
@options.root
@options.parameters
@options.assignments
@options.runs_in("The task that runs this, if any; or TASK_ID.")
@click.option(
    "--record",
    metavar="DIR",
    callback=options.not_empty,
    help="Write the artifacts to DIR/<task group>/public, for --artifacts of an action.",
)
@taskcluster.now
@click.option("--dry-run", is_flag=True, help="Compare, and create nothing.")
def command(
    file: Path,
    root: str,
    parameter_files: tuple[str, ...],
    assignments: tuple[str, ...],
    task_id: str | None,
    record: str | None,
    now: str | None,
    dry_run: bool,
) -> None:
    """Create the tasks of a saved plan.

    The plan is made again from the present checkout, and refused (exit code 4) if anything has
    changed. Given parameters are compared with those of the plan. Run again after an outage, the
    command creates the missing tasks. A dry run compares and, if Taskcluster can be reached, is
    refused if the real run would be, except for missing scopes. The task group has no artifacts:
    record them if the next phase needs them.

    The caller needs the scopes to create every task, and `queue:schedule-task` on the root of their
    group, which lets them start. All are checked before the first task is created.

    \b
    Examples:
      relpro apply plan.json
      relpro apply plan.json --record recorded
    """
    saved = read_plan(file)
    project = options.open_project(root)
    given = given_values(map(Path, parameter_files), assignments, project.config)
    values = None
    if given.values:
        known = {**saved.parameters, **given.values}
        values = complete(project.config, checkout={}, inputs={}, given=known).values
    pipeline = remake(saved, project, values)
    refuse_drift(saved, make_plan(pipeline))
    when, creator = taskcluster.moment(now), task_id or root_id(saved)
    made = attrs.evolve(pipeline, creator=creator, root_url=taskcluster.root_url())
    if dry_run:
        click.echo(f"nothing moved since plan {saved.digest} was made")
        if objection := assumption(saved):
            click.echo(f"yet it cannot be applied: {objection.what}", err=True)
        elif taskcluster.is_at_hand():
            try_out(made, saved, taskcluster.open_records(None, when), when)
        return
    desk = taskcluster.open_desk(when)
    if record:
        prepare(made, Path(record, creator, "public"), taskcluster.actions_of(made))
    create = carry_out if task_id else carry_out_under_root
    click.echo(f"task group {creator}")
    click.echo(create(made, saved, desk).told)
