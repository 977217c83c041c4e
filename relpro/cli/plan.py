"""`relpro plan`: save what a generation would create, or show what was saved."""

from pathlib import Path

import click

from relpro.cli import options
from relpro.plan.plan import make_plan, read_plan
from relpro.plan.summary import summary


@click.command("plan")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@options.generation
@options.output("Save the plan.")
def command(file: Path | None, output: str | None, **goal: object) -> None:
    """Save what a phase or a push would create, or show a saved plan.

    A plan is one JSON file: what it was made from, the tasks to create, those that are reused,
    those that are dropped and why, and a digest over it all. It is made offline.

    \b
    Examples:
      relpro plan --phase promote -p parameters.yml -o plan.json
      relpro plan plan.json
      relpro apply plan.json
    """
    if file is not None:
        _refuse_goal(output, goal)
        click.echo("\n".join(summary(read_plan(file))))
        return
    plan = make_plan(options.open_pipeline(**goal))  # type: ignore[arg-type]
    if output:
        Path(output).write_bytes(plan.encode())
    click.echo("\n".join(summary(plan)))


def _refuse_goal(output: str | None, goal: dict[str, object]) -> None:
    said = [name for name, value in goal.items() if value and name != "root"]
    if output or said:
        raise click.UsageError("a saved plan is shown as it is: leave the other options out")
