"""`relpro serve`: graphs on a page that follows what is saved."""

import gc
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from relpro.cli import options
from relpro.errors import Diagnostic, RelproError
from relpro.page.regeneration import Snapshot, generate, snapshot
from relpro.page.server import PageServer
from relpro.project import Project

#: Seconds between two looks at the files.
_PAUSE = 0.3


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
    phases: tuple[str, ...],
    **goal: Any,
) -> None:
    """Show graphs on a page of this machine, and again whenever a file of them is saved.

    Prints the address of the page, and serves it on 127.0.0.1 until Ctrl-C. The address holds a
    token: who does not know it sees nothing. After an edit that cannot be generated the page shows
    the errors, and keeps the graphs that it has.

    \b
    Examples:
      relpro serve --phase promote -p parameters.yml
      relpro serve --phase promote --phase push --phase ship -p parameters.yml --port 8080
    """
    gc.enable()
    options.check_goal(phases, goal["product"], goal["flavor"])
    paths = _watched(options.open_project(root), parameter_files)
    words = tuple(_words(root, parameter_files, goal))
    seen = snapshot(paths)
    first = generate(words, phases)
    if first.code:
        click.echo(first.problems, err=True)
        sys.exit(first.code)
    with _server(port, first.packed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        click.echo(server.address)
        sys.stdout.flush()
        for _ in _changes(paths, seen):
            made = generate(words, phases)
            if made.problems:
                server.complain(made.problems)
            else:
                server.show(made.packed)


def _server(port: int, packed: bytes) -> PageServer:
    try:
        return PageServer(port, packed)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        what = f"port {port} of this machine cannot be used: {why}"
        remedy = "leave `--port` out: any free port is taken then"
        raise RelproError(Diagnostic("O645", what, remedy=remedy)) from None


def _watched(project: Project, parameter_files: tuple[str, ...]) -> tuple[Path, ...]:
    """Folders and files in which a change can change a graph."""
    given = [Path(name) for name in parameter_files]
    return (
        project.root / "kinds",
        project.root / project.config.transforms_package,
        *project.input_files,
        *(path / "parameters.yml" if path.is_dir() else path for path in given),
    )


def _changes(paths: tuple[Path, ...], seen: Snapshot) -> Iterator[None]:
    """Once for every change of the files since `seen`, or for several that come together."""
    while True:
        now = snapshot(paths)
        if now != seen:
            seen = now
            yield
        else:
            time.sleep(_PAUSE)


def _words(root: str, files: tuple[str, ...], goal: dict[str, Any]) -> Iterator[str]:
    """The options of `relpro graph` that ask for the same, but for the phase."""
    yield f"--root={root}"
    yield from (f"--parameters={name}" for name in files)
    yield from (f"--param={word}" for word in goal["assignments"])
    yield from (f"--{name}={goal[name]}" for name in ("product", "flavor") if goal[name])
    if goal["fresh"]:
        yield "--fresh"
