"""Takes the progress of some work, shows it as a bar on a terminal, and not otherwise."""

import sys
from collections.abc import Callable

import click

from relpro.cli.plain import styled


def progress_bar(what: str) -> Callable[[int, int], None]:
    """A function to call with the number of finished items and the total, inside a command.

    On a terminal it shows a bar on standard error, which is removed when all is done or the command
    ends.
    """
    if not sys.stderr.isatty():
        return lambda *_: None
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(file=styled(sys.stderr)), transient=True)
    task = bar.add_task(what, total=None)
    click.get_current_context().call_on_close(bar.stop)

    def show(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    return show
