"""Takes rows of text, prints a table: in colour on a terminal, else in plain columns."""

import sys
from collections.abc import Iterable, Sequence

import click

from relpro.cli.plain import plain, styled

Row = Sequence[str]


def print_table(heads: Row, rows: Iterable[Row], *, left: int) -> None:
    """Print rows below their headers; the first `left` columns are text, the others numbers."""
    every = [tuple(row) for row in rows]
    if sys.stdout.isatty():
        _print_rich(heads, every, left)
        return
    wide = [max(map(len, column)) for column in zip(heads, *every, strict=True)]
    for row in (tuple(heads), *every):
        cells = [
            cell.ljust(width) if at < left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, wide, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


def _print_rich(heads: Row, rows: Iterable[Row], left: int) -> None:
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for at, head in enumerate(heads):
        table.add_column(head, justify="left" if at < left else "right")
    for row in rows:
        # As Text, so that it is not parsed as rich's markup.
        table.add_row(*(Text(plain(cell)) for cell in row))
    Console(file=styled(sys.stdout)).print(table)
