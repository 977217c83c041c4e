"""`relpro graph`: the tasks that a phase or a push would create."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Unpack

import click

from relpro.cli import options
from relpro.cli.doubts import tell_doubts
from relpro.cli.options import Command
from relpro.graph.files import Texts, texts_of
from relpro.graph.render import FORMATS, write
from relpro.graph.taskgraph import TaskGraph
from relpro.model.counted import counted
from relpro.pipeline import Pipeline
from relpro.target.filters import SIGN_OFFS
from relpro.values.patterns import Pattern
from relpro.values.wording import shown
from relpro.writing import whole_file

#: The most tasks that wait for a sign-off that are named.
NAMED = 5

#: Stage -> its tasks. `target` has the selected ones, `target-graph` also their dependencies.
STAGES: dict[str, Callable[[Pipeline], TaskGraph]] = {
    "full": lambda pipeline: pipeline.full,
    "target": lambda pipeline: pipeline.full.restrict(pipeline.target.labels),
    "target-graph": lambda pipeline: pipeline.target.graph,
    "optimized": lambda pipeline: pipeline.created.graph,
    "morphed": lambda pipeline: pipeline.morphed.unresolved,
}

#: Stages after which it is known which tasks are created, reused or dropped.
LAST_STAGES = frozenset({"optimized", "morphed"})


def at_stage(words: str, default: str | None = None) -> Callable[[Command], Command]:
    """The option for a stage; `words` are its help."""
    return click.option("--stage", type=click.Choice(list(STAGES)), default=default, help=words)


@click.command("graph")
@options.generation
@at_stage("Which graph to print; by default what the queue would get.", "morphed")
@click.option("--kind", "-k", "kinds", multiple=True, metavar="KIND", help="Only these kinds.")
@click.option("--tasks", metavar="REGEX", help="Only labels that match from their start.")
@click.option("--neighbours", is_flag=True, help="Also what these need, and what needs them.")
@click.option(
    "--format",
    "-f",
    "style",
    type=click.Choice([*FORMATS, "html"]),
    default="labels",
    help="How to print it; mermaid and dot are pictures of kinds, or of tasks; html is a page.",
)
@options.output("Write to a file, not to standard output.")
def command(
    stage: str,
    kinds: tuple[str, ...],
    tasks: str | None,
    neighbours: bool,
    style: str,
    output: str | None,
    **goal: Unpack[options.Generation],
) -> Pipeline:
    """Print the tasks that a phase or a push would create.

    With --phase, earlier phases are assumed to be complete: their tasks are reused, and counted on
    standard error. Without it, the tasks are those that the decision task of a push would create.

    \b
    Examples:
      relpro graph --phase promote --format table
      relpro graph --phase ship -p parameters.yml --format json -o ship.json
      relpro graph --stage full --format dot | dot -Tsvg > kinds.svg
      relpro graph --stage full --kind signing --neighbours --format mermaid-tasks
      relpro graph --phase promote --format html -o promote.html
    """
    # Dependents of a kind are not among its dependencies.
    made = () if neighbours else kinds
    pipeline = options.open_pipeline(kinds=made, **goal)
    asked = (kinds, tasks, neighbours)
    graph = _selected(STAGES[stage](pipeline), *asked)
    if tasks is not None and not len(graph):
        click.echo(f"no label of stage {stage} fits --tasks {shown(tasks)}", err=True)
    texts = texts_at(pipeline, stage, graph)
    with _opened(output) as file:
        if style == "html":
            file.write(_page(pipeline, stage, graph, texts, asked))
        else:
            write(style, graph, texts, file)
    if stage in LAST_STAGES:
        click.echo(_summary(pipeline), err=True)
    tell_doubts(pipeline)
    return pipeline


@contextmanager
def _opened(output: str | None) -> Iterator[BinaryIO]:
    if output:
        with whole_file(Path(output)) as file:
            yield file
    else:
        yield sys.stdout.buffer
        sys.stdout.flush()


def _page(
    pipeline: Pipeline,
    stage: str,
    graph: TaskGraph,
    texts: Texts,
    asked: tuple[tuple[str, ...], str | None, bool],
) -> bytes:
    from relpro.page import document  # noqa: PLC0415 - only for a page

    title = document.title_of(pipeline)
    if stage in LAST_STAGES:
        others = _selected(document.beside(pipeline), *asked)
        shown = document.of_generation(title, pipeline, graph, texts, others)
    else:
        shown = document.of_tasks(f"{title}: stage {stage}", graph, texts)
    return document.page_of(shown.title, [shown])


def texts_at(pipeline: Pipeline, stage: str, graph: TaskGraph) -> Texts:
    """The texts of some tasks of a stage; the last stage consists of texts."""
    if stage != "morphed":
        return texts_of(graph)
    return ((label, pipeline.morphed.texts[label]) for label in sorted(graph.labels))


def _selected(
    graph: TaskGraph, kinds: tuple[str, ...], tasks: str | None, neighbours: bool
) -> TaskGraph:
    if not kinds and tasks is None:
        return graph
    labels = [*_matching(graph, kinds, options.pattern(tasks))]
    return graph.restrict([*labels, *_beside(graph, labels)] if neighbours else labels)


def _beside(graph: TaskGraph, labels: Iterable[str]) -> Iterator[str]:
    """The dependencies of some tasks, including soft ones, and their dependents."""
    asked = frozenset(labels)
    for at, task in enumerate(graph):
        needs = [graph.tasks[need].label for need in (*graph.hard[at], *graph.soft.get(at, ()))]
        if task.label in asked:
            yield from needs
        elif not asked.isdisjoint(needs):
            yield task.label


def _matching(graph: TaskGraph, kinds: tuple[str, ...], pattern: Pattern) -> Iterable[str]:
    return [
        task.label
        for task in graph
        if pattern.match(task.label) and (not kinds or task.kind in kinds)
    ]


def _summary(pipeline: Pipeline) -> str:
    optimized = pipeline.created
    counts = (
        f"{counted(len(optimized.graph))} to create, {len(optimized.replaced)} reused, "
        f"{len(optimized.removed)} not needed"
    )
    held = [one.label for one in pipeline.target.decisions if one.rule == SIGN_OFFS]
    if not held:
        return counts
    named = ", ".join(f"`{label}`" for label in held[:NAMED])
    more = f" and {len(held) - NAMED} more" if len(held) > NAMED else ""
    return f"{counts}\nwaiting for a sign-off: {named}{more}; `relpro why-not LABEL` says for which"
