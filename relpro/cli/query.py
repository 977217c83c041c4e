"""`relpro query`: the tasks that a query on the graph selects."""

import sys
from typing import Unpack

import click

from relpro.cli import options
from relpro.cli.graph import STAGES, at_stage, texts_at
from relpro.graph.query import query
from relpro.graph.render import FORMATS, write


@click.command("query")
@click.argument("question")
@options.generation
@at_stage("Which graph to ask; by default what is wanted and all that it needs.", "target-graph")
@click.option(
    "--format",
    "-f",
    "style",
    type=click.Choice(FORMATS),
    default="labels",
    help="How to print the tasks, and the edges between them.",
)
def command(question: str, stage: str, style: str, **goal: Unpack[options.Generation]) -> None:
    """Print the tasks that a query on the graph selects.

    QUESTION has the syntax of `bazel query`. X is a label, a label with `*`, or another query; if
    it is omitted, every task. Patterns are regular expressions that may match anywhere.

    \b
      deps(X)  deps(X, 1)  rdeps(X)  rdeps(X, 1)    X, and its dependencies or dependents
      somepath(A, B)  allpaths(A, B)                from A to B: one path, or all
      kind(REGEX, X)  filter(REGEX, X)              those of X with such kinds, such labels
      attr(NAME, REGEX, X)                          those of X with such an attribute
      X + Y   X - Y   X ^ Y   (X)                   union, difference, intersection

    \b
    Examples:
      relpro query 'rdeps(build-win64-shippable/opt, 1)' --phase promote
      relpro query 'deps(beetmover-*) ^ kind(signing) ^ attr(locale, ^de$)' --phase promote
      relpro query 'somepath(balrog-*, build-win64-shippable/opt)' --phase promote
    """
    pipeline = options.open_pipeline(**goal)
    graph = STAGES[stage](pipeline)
    labels = query(graph, question)
    if style == "labels":
        for label in labels:
            click.echo(label)
        return
    some = graph.restrict(labels)
    write(style, some, texts_at(pipeline, stage, some), sys.stdout.buffer)
    sys.stdout.flush()
