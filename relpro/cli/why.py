"""`relpro why`: why a label is in the graph, what set a value, or which tasks write a place."""

from collections.abc import Iterator, Sequence
from typing import Unpack

import click

from relpro.cli import options
from relpro.errors import Origin
from relpro.model.counted import listed
from relpro.pipeline import Pipeline

#: The most dependents that are named.
_NAMED = 5


@click.command("why")
@click.argument("label")
@click.argument("path", required=False, callback=options.not_empty)
@options.generation
def command(label: str, path: str | None, **goal: Unpack[options.Generation]) -> None:
    """Explain why a label is in the graph, what set a value of it, or which tasks write a place.

    LABEL may be a place, as shown by `relpro effects`: the tasks of all phases that write, copy and
    read it are listed. PATH is a value of the task, by its name in the queue or in the kind: every
    step that set it is listed in order, with file and line.

    \b
    Examples:
      relpro why signing-linux64-shippable/opt --phase promote
      relpro why signing-linux64-shippable/opt payload.maxRunTime --phase promote
      relpro why 'alias production/widget-latest' --phase ship
    """
    pipeline = options.open_pipeline(**goal)
    lines = why_lines(pipeline, label) if path is None else value_lines(pipeline, label, path)
    for line in lines:
        click.echo(line)


def why_lines(pipeline: Pipeline, label: str) -> Iterator[str]:
    """Why a label is present or absent; for a place, the tasks that use it."""
    from relpro.explain.places import find_uses, is_about_place, place_lines  # noqa: PLC0415
    from relpro.explain.reasons import Reasons  # noqa: PLC0415 - not to list commands
    from relpro.explain.report import reason_lines  # noqa: PLC0415

    reasons = Reasons(pipeline)
    if label not in reasons and is_about_place(pipeline.full, label):
        yield from place_lines(reasons, find_uses(pipeline.full, label))
        return
    reason = reasons.of(label)
    fates = {"created": "is created", "reused": "is reused", "absent": "is not in the graph"}
    yield f"{label} {fates[reason.fate]}"
    yield from (f"  {line}" for line in reason_lines(reasons, reason))
    if needs := _dependents(pipeline, label):
        yield f"  needed by {listed(needs, _NAMED)}"
    if reason.fate == "absent":
        yield f"  `relpro why-not {label}` seeks what would bring it back"


def _dependents(pipeline: Pipeline, label: str) -> Sequence[str]:
    """The tasks that wait for one: of those that are wanted, where it is among them, or of all."""
    graphs = (pipeline.target.graph, pipeline.full, pipeline.morphed.unresolved)
    if (graph := next((one for one in graphs if label in one), None)) is None:
        return ()
    at = next(place for place, task in enumerate(graph) if task.label == label)
    return [task.label for task, needs in zip(graph, graph.hard, strict=True) if at in needs]


def value_lines(pipeline: Pipeline, label: str, path: str) -> Iterator[str]:
    """The steps that set a value of a task, in order."""
    from relpro.explain.paths import parse_path  # noqa: PLC0415
    from relpro.explain.reasons import Reasons  # noqa: PLC0415
    from relpro.explain.values import explain_value  # noqa: PLC0415
    from relpro.graph.difference.report import value_text  # noqa: PLC0415

    if label not in pipeline.full:
        last = Reasons(pipeline).decisions(label)[-1]
        what = f"`{label}` is of no kind: {last.rule} of stage {last.stage} makes all of it"
        raise click.UsageError(what)
    if not (steps := parse_path(path)):
        raise click.UsageError(f"PATH names no value: `{path}`")
    settings = explain_value(pipeline, label, steps)
    yield f"{path} = {value_text(settings[-1].value, None)}"
    for setting in settings:
        yield f"  {_where(setting.place)}: {setting.by}: {value_text(setting.value)}"
        yield from (f"      {choice}" for choice in setting.choices)


def _where(place: Origin | None) -> str:
    return str(place) if place else "relpro"
