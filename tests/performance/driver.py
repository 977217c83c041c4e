"""Runs relpro beside its peer, tells what each costs, and writes the figures into the docs.

`python -m tests.performance.driver` takes some minutes; with `--quick` it takes one, and only
prints.
"""

import tempfile
from pathlib import Path

import click
import orjson

from tests.conftest import SHARED
from tests.performance import races
from tests.performance.chart import chart
from tests.performance.environment import ROOT, Tools, tools
from tests.performance.goals import Results
from tests.performance.report import data, tables
from tests.performance.shape import Shape
from tests.performance.submission import submissions

_DOCS = ROOT / "docs" / "explanation"
_MARK = "<!-- figures -->"
_REAL = SHARED / "data" / "firefox-92.0.1"

#: Above this the peer runs only in its default mode and in that which was fastest before; joined by
#: fetches, where its time grows with the square, it is left out.
_LARGE = 21_000
_SMALL = 5_000


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--sizes", default="1000,5000,20000,50000", help="Numbers of tasks.")
@click.option("--runs", default=5, help="Runs of each command.")
@click.option("--quick", is_flag=True, help="Small graphs, one run; prints, writes nothing.")
@click.option("--peer", default=ROOT / ".venv-peer", type=Path, help="The peer's environment.")
def main(sizes: str, runs: int, quick: bool, peer: Path) -> None:
    """Measure relpro beside its peer."""
    numbers = [int(size) for size in sizes.split(",")]
    if quick:
        numbers, runs = [size for size in numbers if size <= _SMALL], 1
    with tempfile.TemporaryDirectory() as work:
        results = measure(tools(peer), Path(work), numbers, runs, tasks=500 if quick else 10_000)
    click.echo(tables(results))
    if not quick:
        _write(results)


def measure(both: Tools, work: Path, sizes: list[int], runs: int, *, tasks: int) -> Results:
    """Everything, one after another. `tasks` is how many are submitted."""
    modes = tuple(races.MODES)
    few = Shape(Shape.of(1).platforms[:1], Shape.of(300).locales[:2])
    _tell("a small project")
    small = races.generate(both, work, few, max(3, runs), modes, floor=False)
    generation: list[races.Race] = []
    fetches: list[races.Race] = []
    for size in sizes:
        _tell(f"{size:,} tasks")
        shape = Shape.of(size)
        if size > _LARGE and generation:
            modes = tuple(dict.fromkeys((modes[0], generation[-1].peer.name)))
        generation.append(races.generate(both, work, shape, runs, modes, floor=True))
        fastest = () if size > _LARGE else (generation[-1].peer.name,)
        shape = Shape.of(size, fetches=True)
        fetches.append(races.generate(both, work, shape, runs, fastest, floor=False))
    _tell("start")
    start = races.start(both, max(3, runs))
    _tell("the pipeline of this repository")
    release = tuple(races.release(both, work, min(3, runs), _REAL))
    _tell("submission")
    submission = submissions(both, tasks, runs)
    return Results(tuple(generation), tuple(fetches), small, start, release, submission)


def _tell(what: str) -> None:
    click.echo(f"measuring: {what}", err=True)


def _write(results: Results) -> None:
    """Put tables, runs and chart where the docs are."""
    page = _DOCS / "performance.md"
    before, _, after = page.read_text().split(_MARK)
    page.write_text(f"{before}{_MARK}\n\n{tables(results)}\n{_MARK}{after}")
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    (_DOCS / "performance.json").write_bytes(orjson.dumps(data(results), option=options))
    if len(results.generation) > 1:
        (_DOCS / "performance.svg").write_text(chart(results.generation))


if __name__ == "__main__":
    main()
