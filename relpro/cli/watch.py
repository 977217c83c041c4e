"""`relpro watch`: shows at once what each save changes in the graphs."""

import gc
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

import click

from relpro.cli import options
from relpro.cli.diff import print_text
from relpro.cli.doubts import tell_doubts
from relpro.cli.ending import tell
from relpro.compare.baseline import Base
from relpro.compare.changes import saved
from relpro.compare.requests import arguments, find_scenarios, make_requests
from relpro.compare.sides import find_side
from relpro.compare.warm import Asked, Generation, ask, generate, watched
from relpro.errors import Diagnostic, RelproError
from relpro.graph.difference.report import make_report


@click.command("watch")
@click.argument("base", required=False, callback=options.not_empty)
@options.generations("A phase of the release to watch")
@click.option("--full", is_flag=True, help="Name every task, and show all of every value.")
def command(
    base: str | None,
    root: str,
    parameter_files: tuple[str, ...],
    assignments: tuple[str, ...],
    phases: tuple[str, ...],
    full: bool,
    **goal: Unpack[options.OfPhases],
) -> None:
    """Show what each save changes in the graphs, like `relpro diff`, until Ctrl-C.

    They are compared with BASE: a revision, a graph file, a folder of decision artifacts or another
    checkout; by default, the graphs at the start. Only parts that an edit affects are made again.
    After an edit with errors, these are shown; the next edit is compared as if that one had not
    happened.

    \b
    Examples:
      relpro watch main --phase promote -p parameters.yml
      relpro watch --phase promote -p parameters.yml
      relpro watch --phase promote --phase push --phase ship -p parameters.yml
    """
    options.check_goal(phases, goal["product"], goal["flavor"])
    project = options.open_project(root)
    scenarios = find_scenarios(parameter_files)
    asked = ask(project, scenarios, assignments, phases, **goal)
    changes = saved(watched(project, asked))
    found = None
    if base is not None:
        words = arguments(goal["product"], goal["flavor"], fresh=goal["fresh"])
        requests = make_requests(
            project, scenarios, assignments, phases, stage="optimized", arguments=words
        )
        found = Base.of(find_side(base, project.root), [*requests], project.root)
    watch = _Watch(project.root, asked, full, found)
    watch.look(())
    for paths in changes:
        watch.look(paths)


class _Watch:
    """The state: the graphs to compare with, and the last generation without errors."""

    def __init__(self, root: Path, asked: Sequence[Asked], full: bool, base: Base | None) -> None:
        self.root = root
        self.asked = asked
        self.full = full
        self.base = base
        self.last: Generation | None = None
        self.told: frozenset[Diagnostic] = frozenset()

    def look(self, paths: Sequence[Path]) -> None:
        """Generate, and print the differences or errors."""
        began = time.monotonic()
        try:
            made = generate(self.root, self.asked, self.last)
        except RelproError as error:
            self._head(paths, began)
            tell(error)
            return
        self.base = self.base or Base(made.graphs)
        differences = self.base.differences(made.pipelines)
        reports = [
            make_report(difference, one.title, self.full)
            for one, difference in zip(self.asked, differences, strict=True)
        ]
        self.last = made
        self._head(paths, began)
        print_text(reports, self.full)
        sys.stdout.flush()
        self.told = tell_doubts(*made.pipelines, known=self.told)
        # Only now, as nobody waits: long-lived objects are excluded from later collections.
        gc.collect()
        gc.freeze()

    def _head(self, paths: Sequence[Path], began: float) -> None:
        names = ", ".join(self._shown(path) for path in paths) or "at the start"
        click.echo(f"{names}: {time.monotonic() - began:.2f} s")

    def _shown(self, path: Path) -> str:
        inside = path.is_relative_to(self.root)
        return path.relative_to(self.root).as_posix() if inside else str(path)
