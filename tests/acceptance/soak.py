"""Kills submissions at every request of a small promotion, and at some of a large one.

`python -m tests.acceptance.soak` takes a quarter of an hour; `--stride 10 --points 3` less. It
exits with 1 where a task was lost, made twice, or started too early.
"""

import random
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import click

from relpro.project import Project
from tests.acceptance.checkout import ROOT
from tests.acceptance.crashes import Crashing, Moment
from tests.acceptance.intentions import Intention, large_promotion, small_promotion

#: Made-up locales of the small promotion, for some 300 tasks.
_MORE = 5


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--stride", default=1, help="Kill the small one at every so many-th request.")
@click.option("--points", default=50, help="Kill the large one at so many random requests.")
@click.option("--seed", default=1, help="Of the random requests.")
def main(stride: int, points: int, seed: int) -> None:
    """Kill submissions, run them again, and tell what became of them."""
    project = Project.find(ROOT)
    small, large = small_promotion(project, _MORE), large_promotion(project)
    failures = sweep("small", small, range(0, requests_of(small), stride))
    chance = random.Random(seed)
    every = range(requests_of(large))
    failures += sweep("large", large, sorted(chance.sample(every, points)))
    raise SystemExit(1 if failures else 0)


def requests_of(intention: Intention) -> int:
    """How many requests an undisturbed submission makes."""
    return Crashing(intention, Path()).requests


def sweep(name: str, intention: Intention, points: Iterable[int]) -> int:
    """Kill a submission at each of these requests; gives how many did not survive it."""
    began, failures, reached = time.monotonic(), 0, list[int]()
    with tempfile.TemporaryDirectory() as folder:
        crashing = Crashing.of(intention, Path(folder))
        for number, point in enumerate(points):
            moment: Moment = "after" if number % 2 else "before"
            try:
                reached.append(crashing.survives(point, moment))
            except AssertionError as error:
                failures += 1
                click.echo(f"{name}: killed {moment} request {point}: {error!r}", err=True)
    took = time.monotonic() - began
    click.echo(
        f"{name}: {len(intention.tasks)} tasks, killed {len(reached) + failures} times after"
        f" {min(reached, default=0)} to {max(reached, default=0)} of them,"
        f" {failures} failures, {took:.0f} s"
    )
    return failures


if __name__ == "__main__":
    main()
