"""`relpro why-not`: why a label is not in the graph, and what would add it."""

from typing import Unpack

import click

from relpro.cli import options
from relpro.cli.doubts import tell_doubts


@click.command("why-not")
@click.argument("label")
@options.generation
def command(label: str, **goal: Unpack[options.Generation]) -> None:
    """Explain why a label is not in the graph.

    Shows the stage and the rule that removed it and, if there is one, the smallest change of
    parameters, phase or product that would add it, which is found by generating again.

    \b
    Examples:
      relpro why-not partials-de-linux64-shippable/opt --phase ship
    """
    from relpro.explain.reasons import Reasons  # noqa: PLC0415 - not to list commands
    from relpro.explain.remedies import seek_remedy  # noqa: PLC0415
    from relpro.explain.report import reason_lines, remedy_line  # noqa: PLC0415

    pipeline = options.open_pipeline(**goal)
    reasons = Reasons(pipeline)
    reason = reasons.of(label)
    lines = list(reason_lines(reasons, reason))
    if reason.fate == "created":
        click.echo(f"{label} is in the graph")
    elif reason.fate == "reused":
        click.echo(f"{label} exists and is not created")
    else:
        click.echo(f"{label} is not in the graph")
        lines.append(remedy_line(seek_remedy(reasons, label)))
    for line in lines:
        click.echo(f"  {line}")
    tell_doubts(pipeline)
