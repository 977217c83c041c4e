"""Measures how soon a page is there, in the browser in which it is tested.

`python -m tests.performance.pages` prints a table: for pages with made graphs, and for the
promotion of the real release where its inputs are, the seconds from the address to a page that
shows its graph. Each time the page is a new one of a browser that runs.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import click
from playwright.sync_api import Browser

from tests.conftest import SHARED
from tests.page.chromium import chromium, loaded, program
from tests.page.graphs import made_graph, write_page
from tests.page.real_release import promotion, write_promotion

#: Tasks of a made graph -> seconds that are wanted.
_WANTED = {200: 1.0, 2_000: 2.0, 10_000: 3.0}
_WANTED_OF_THE_REAL = 2.0


@attrs.frozen
class Subject:
    """A page that is measured: what it shows, its address, the seconds that are wanted."""

    title: str
    address: str
    wanted: float


def subjects(folder: Path) -> Iterator[Subject]:
    """Write the pages below a folder, each in a folder of its own."""
    for tasks, wanted in _WANTED.items():
        into = folder / str(tasks)
        into.mkdir()
        yield Subject(f"{tasks:,} tasks", write_page(made_graph(tasks), into), wanted)
    if (SHARED / "data").is_dir():
        address = write_promotion(promotion(SHARED / "data"), folder)
        yield Subject("a real promotion", address, _WANTED_OF_THE_REAL)


def seconds(browser: Browser, address: str) -> float:
    """Seconds until a new page shows what is at the address."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        began = time.perf_counter()
        loaded(page, address)
        return time.perf_counter() - began


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--runs", default=5, help="Times that each page is loaded.")
def main(runs: int) -> None:
    """Measure how soon pages are there."""
    path = program()
    if path is None:
        raise click.ClickException("no Chromium: `make browser` installs it, on Debian and as root")
    click.echo("| page | wanted, s | median, s | shortest, s |\n| --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder, chromium(path) as browser:
        for subject in subjects(Path(folder)):
            took = [seconds(browser, subject.address) for _ in range(runs)]
            middle, least = statistics.median(took), min(took)
            click.echo(f"| {subject.title} | {subject.wanted} | {middle:.2f} | {least:.2f} |")


if __name__ == "__main__":
    main()
