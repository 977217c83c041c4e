"""`relpro kinds`: the kinds by phase, with their dependencies and number of tasks."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping

import click

from relpro.cli import options
from relpro.model.kind import Kind
from relpro.model.phase import Phase
from relpro.pipeline import Pipeline


@click.command("kinds")
@options.root
@options.parameters
@options.assignments
@click.option("--variables", is_flag=True, help="List the variables that templates may name.")
@click.option("--markdown", is_flag=True, help="Print a page of reference for the project.")
@click.option("--no-counts", is_flag=True, help="Leave out the numbers of tasks: generate nothing.")
def command(
    root: str,
    parameter_files: tuple[str, ...],
    assignments: tuple[str, ...],
    variables: bool,
    markdown: bool,
    no_counts: bool,
) -> None:
    """List the kinds by phase, with what they depend on and how many tasks they make.

    \b
    Examples:
      relpro kinds
      relpro kinds --variables
      relpro kinds --markdown > kinds.md
    """
    pipeline = options.open_pipeline(root, parameter_files, assignments)
    if variables:
        release = pipeline.release
        names = {*release.values, *release.variables, *release.optional}
        click.echo("\n".join(sorted(name.replace("_", "-") for name in names)))
        return
    if markdown:
        click.echo(reference(pipeline.kinds), nl=False)
        return
    if not pipeline.kinds:
        click.echo("no kinds: a file `kinds/<phase>/<kind>.yml` makes one", err=True)
    counts = Counter() if no_counts else Counter(task.kind for task in pipeline.full)
    for phase in Phase:
        _print_phase(phase, pipeline, counts)


def _print_phase(phase: Phase, pipeline: Pipeline, counts: Counter[str]) -> None:
    kinds = [kind for kind in pipeline.kinds.values() if kind.phase is phase]
    if not kinds:
        return
    click.echo(phase.value)
    width = max(len(kind.name) for kind in kinds)
    for kind in kinds:
        click.echo(_line(kind, counts, width))
    click.echo()


def _line(kind: Kind, counts: Counter[str], width: int) -> str:
    count = f"{counts[kind.name]:>6}" if counts else ""
    needs = f"  <- {', '.join(kind.dependencies)}" if kind.dependencies else ""
    return f"  {kind.name:<{width}}{count}{needs}"


def reference(kinds: Mapping[str, Kind]) -> str:
    """Markdown about every kind, by phase and name: its purpose, and its dependencies."""
    return "\n".join(part for phase in Phase for part in _phase_reference(phase, kinds))


def _phase_reference(phase: Phase, kinds: Mapping[str, Kind]) -> Iterator[str]:
    every = sorted(kind.name for kind in kinds.values() if kind.phase is phase)
    if every:
        yield f"## {phase.value}\n"
    for name in every:
        needs = ", ".join(f"[{one}](#{one})" for one in kinds[name].dependencies)
        yield f"### {name}\n\n{_filled(kinds[name].description)}\n"
        if needs:
            yield _filled(f"Builds on {needs}.") + "\n"


def _filled(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 100, break_long_words=False, break_on_hyphens=False))
