"""`relpro import-taskgraph`: makes a relpro project from a taskgraph configuration."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import click

from relpro.moving.importing import Import, imported, write_files
from relpro.moving.notes import HAND, LEFT_OUT, Note, of_sort

#: The most entries that are named for one message.
_NAMED = 4


@click.command("import-taskgraph")
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False),
    help="Where to write, with the files that kinds name; by default the repository itself.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing: only print what would be done.")
def command(folder: str, output: str | None, dry_run: bool) -> None:
    """Write a project of relpro that makes the graph of a taskgraph configuration.

    FOLDER is the repository, or the folder in it that has `config.yml` and `kinds`. Nothing of it
    is run or changed. `kinds/` and `transforms/` are written; existing files are never overwritten.
    Everything that taskgraph ships is translated, including its defaults. Python of the repository
    becomes a skeleton that raises an error until you write it, so that no graph silently lacks its
    part.

    At the end it lists what you must do by hand, with lines and reasons, and what was left out on
    purpose.

    \b
    Examples:
      relpro import-taskgraph
      relpro import-taskgraph ../widget --output /tmp/widget
      relpro import-taskgraph ../widget --dry-run
    """
    place = Path(output) if output else None
    made = imported(Path(folder), place)
    if not dry_run:
        write_files(made, place or made.repository.root)
    elsewhere = place is not None and not dry_run and bool(made.needed)
    for line in _summary(made, dry_run=dry_run, elsewhere=elsewhere):
        click.echo(line)


def _summary(made: Import, *, dry_run: bool, elsewhere: bool) -> Iterator[str]:
    yield from (f"{'would write' if dry_run else 'wrote'} {path}" for path in made.files)
    if elsewhere:
        yield f"copied {len(made.needed)} files that kinds name"
    yield ""
    kinds, tasks = f"{made.kinds} kinds", f"{made.tasks} entries of tasks"
    yield f"translated: {kinds} with {tasks}, config.yml; {len(made.skeletons)} skeletons of Python"
    hand, left = of_sort(made.notes, HAND), of_sort(made.notes, LEFT_OUT)
    yield from _listed("by hand", hand)
    yield from _listed("left out on purpose", left)


def _listed(title: str, notes: tuple[Note, ...]) -> Iterator[str]:
    lines = list(_lines(notes))
    yield ""
    yield f"{title}: {len(lines)}"
    yield from lines


def _lines(notes: Iterable[Note]) -> Iterator[str]:
    """A line for each note; notes on several parts of a file with one reason are merged."""

    def said(note: Note) -> tuple[str, str]:
        return note.file, note.why

    groups = [list(group) for _key, group in groupby(sorted(notes, key=said), key=said)]
    for group in sorted(groups, key=lambda one: (one[0].file, one[0].line)):
        first = group[0]
        lines = dict.fromkeys(str(note.line) for note in group if note.line)
        place = f"{first.file}:{','.join(lines)}" if lines else first.file
        # Every part has its name and line here: nobody looks for one that is only counted.
        what = ", ".join(dict.fromkeys(note.what for note in group))
        names = dict.fromkeys(f"`{note.subject}`" for note in group if note.subject)
        yield f"  {place}: {what}{f' in {_some(names)}' if names else ''}: {first.why}"


def _some(names: Iterable[str]) -> str:
    """The first names, and the number of others."""
    every = list(names)
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return ", ".join(every[:_NAMED]) + more
