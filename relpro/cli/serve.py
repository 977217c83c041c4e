"""`relpro serve`: graphs on a page that is updated when files are saved."""

import gc
import sys
import threading
from typing import Unpack

import click

from relpro.cli import options
from relpro.cli.doubts import tell_doubts
from relpro.cli.ending import rendered
from relpro.cli.plain import plain
from relpro.compare.changes import saved
from relpro.compare.requests import find_scenarios
from relpro.compare.warm import Generation, ask, generate, watched
from relpro.errors import Diagnostic, RelproError
from relpro.page.document import GraphShown, beside, make_document, of_generation, title_of
from relpro.page.server import PageServer
from relpro.pipeline import Pipeline


@click.command("serve")
@options.generations("A phase of the release to show")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The port; by default any that is free.",
)
def command(
    port: int,
    root: str,
    parameter_files: tuple[str, ...],
    assignments: tuple[str, ...],
    phases: tuple[str, ...],
    **goal: Unpack[options.OfPhases],
) -> None:
    """Show graphs on a local page, and update it whenever a file is saved.

    Prints the URL of the page, and serves it on 127.0.0.1 until Ctrl-C. The URL contains a token:
    without it, nothing is shown. After an edit with errors, the page shows these, and keeps the
    previous graphs.

    \b
    Examples:
      relpro serve --phase promote -p parameters.yml
      relpro serve --phase promote --phase push --phase ship -p parameters.yml --port 8080
    """
    options.check_goal(phases, goal["product"], goal["flavor"])
    project = options.open_project(root)
    asked = ask(project, find_scenarios(parameter_files), assignments, phases, **goal)
    changes = saved(watched(project, asked))
    made = generate(project.root, asked)
    with _server(port, _document(made)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        click.echo(server.address)
        sys.stdout.flush()
        told = tell_doubts(*made.pipelines)
        for _ in changes:
            try:
                made = generate(project.root, asked, made)
            except RelproError as error:
                server.complain(plain(rendered(error, project.root)))
                continue
            server.show(_document(made))
            told = tell_doubts(*made.pipelines, known=told)
            gc.collect()
            gc.freeze()


def _server(port: int, packed: bytes) -> PageServer:
    try:
        return PageServer(port, packed)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        what = f"port {port} of this machine cannot be used: {why}"
        remedy = "leave `--port` out: any free port is taken then"
        raise RelproError(Diagnostic("O645", what, remedy=remedy)) from None


def _document(made: Generation) -> bytes:
    """The document with the graphs, packed."""
    shown = [*map(_shown, made.pipelines)]
    return make_document("; ".join(one.title for one in shown), shown)


def _shown(pipeline: Pipeline) -> GraphShown:
    morphed = pipeline.morphed
    texts = sorted(morphed.texts.items())
    return of_generation(title_of(pipeline), pipeline, morphed.unresolved, texts, beside(pipeline))
