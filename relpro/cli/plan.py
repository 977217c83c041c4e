"""`relpro plan`: save what a generation would create, or show what was saved."""

from pathlib import Path
from typing import Unpack

import click

from relpro.cli import options
from relpro.cli.doubts import tell_doubts
from relpro.pipeline import Pipeline
from relpro.plan.plan import Plan, make_plan, read_plan
from relpro.plan.summary import summary
from relpro.plan.times import time_lines
from relpro.writing import write_whole


@click.command("plan")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@options.generation
@options.output("Save the plan.")
@click.option(
    "--format",
    "-f",
    "style",
    type=click.Choice(["text", "html"]),
    default="text",
    help="How to show it; html is a page to look at, in one file.",
)
def command(
    file: Path | None, output: str | None, style: str, **goal: Unpack[options.Generation]
) -> None:
    """Save what a phase or a push would create, or show a saved plan.

    A plan is one JSON file: its inputs, the tasks to create, to reuse and to drop, with reasons,
    and a digest of it all. It is made offline.

    \b
    Examples:
      relpro plan --phase promote -p parameters.yml -o plan.json
      relpro plan plan.json
      relpro plan --phase promote -p parameters.yml --format html > plan.html
      relpro apply plan.json
    """
    if file is not None:
        _refuse_goal(output, goal)
        if style == "html":
            raise click.UsageError("a saved plan holds no edges: say phase and parameters instead")
        click.echo("\n".join(summary(read_plan(file))))
        return
    pipeline = options.open_pipeline(**goal)
    plan = make_plan(pipeline)
    if output:
        write_whole(Path(output), plan.encode())
    if style == "html":
        click.echo(_page(pipeline, plan), nl=False)
    else:
        click.echo("\n".join((*summary(plan), *time_lines(pipeline.morphed.unresolved))))
    tell_doubts(pipeline)


def _page(pipeline: Pipeline, plan: Plan) -> bytes:
    from relpro.page.document import of_plan, page_of, title_of  # noqa: PLC0415 - only for a page

    title = f"plan: {title_of(pipeline)}"
    return page_of(title, [of_plan(title, pipeline, plan)])


def _refuse_goal(output: str | None, goal: options.Generation) -> None:
    said = [name for name, value in goal.items() if value and name != "root"]
    if output or said:
        raise click.UsageError("a saved plan is shown as it is: leave the other options out")
