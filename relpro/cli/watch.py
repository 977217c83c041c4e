"""`relpro watch`: what each save does to the graphs, at once."""

import gc
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from relpro.cli import options
from relpro.cli.diff import print_text
from relpro.cli.doubts import tell_doubts
from relpro.cli.ending import tell
from relpro.compare.changes import saved
from relpro.compare.requests import find_scenarios
from relpro.compare.warm import Asked, Generation, ask, generate, watched
from relpro.errors import Diagnostic, RelproError
from relpro.graph.difference.difference import diff
from relpro.graph.difference.report import make_report
from relpro.graph.taskgraph import TaskGraph


@click.command("watch")
@options.generations("A phase of the release to watch")
@click.option("--full", is_flag=True, help="Name every task, and show all of every value.")
def command(
    root: str,
    parameter_files: tuple[str, ...],
    assignments: tuple[str, ...],
    phases: tuple[str, ...],
    full: bool,
    **goal: Any,
) -> None:
    """Show what each save does to the graphs, as `relpro diff` does, until Ctrl-C.

    The graphs as they are at the start are what later ones are compared with. What an edit does
    not touch is not made again. After an edit that cannot be generated the errors are shown, and
    the next one is compared as if it had not been.

    \b
    Examples:
      relpro watch --phase promote -p parameters.yml
      relpro watch --phase promote --phase push --phase ship -p parameters.yml
    """
    options.check_goal(phases, goal["product"], goal["flavor"])
    project = options.open_project(root)
    asked = ask(project, find_scenarios(parameter_files), assignments, phases, **goal)
    changes = saved(watched(project, asked))
    watch = _Watch(project.root, asked, full)
    watch.look(())
    for paths in changes:
        watch.look(paths)


class _Watch:
    """What was seen so far: the graphs at the start, and the last generation that was right."""

    def __init__(self, root: Path, asked: Sequence[Asked], full: bool) -> None:
        self.root = root
        self.asked = asked
        self.full = full
        self.first: Sequence[TaskGraph] = ()
        self.last: Generation | None = None
        self.told: frozenset[Diagnostic] = frozenset()

    def look(self, paths: Sequence[Path]) -> None:
        """Generate, and print what differs or what is wrong."""
        began = time.monotonic()
        try:
            made = generate(self.root, self.asked, self.last)
        except RelproError as error:
            self._head(paths, began)
            tell(error)
            return
        self.first = self.first or made.graphs
        reports = [
            make_report(diff(before, after), one.title, self.full)
            for one, before, after in zip(self.asked, self.first, made.graphs, strict=True)
        ]
        self.last = made
        self._head(paths, began)
        print_text(reports, self.full)
        sys.stdout.flush()
        self.told = tell_doubts(*made.pipelines, known=self.told)
        # Only now: nobody waits. What a graph is made of stays, and need not be looked through.
        gc.collect()
        gc.freeze()

    def _head(self, paths: Sequence[Path], began: float) -> None:
        names = ", ".join(self._shown(path) for path in paths) or "at the start"
        click.echo(f"{names}: {time.monotonic() - began:.2f} s")

    def _shown(self, path: Path) -> str:
        inside = path.is_relative_to(self.root)
        return path.relative_to(self.root).as_posix() if inside else str(path)
