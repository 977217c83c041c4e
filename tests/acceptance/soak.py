"""Kills submissions at every request of a small promotion, and at some of a large one.

`python -m tests.acceptance.soak` takes an hour, most of it for mutated trees of kinds; `--stride 10
--points 3 --trees 500` less. It exits with 1 where a task was lost, made twice, or started too
early, and where a tree ended in a Python error.
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
from tests.kinds.mutations import copy_of_kinds, fault

#: Made-up locales of the small promotion, for some 300 tasks.
_MORE = 5


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--stride", default=1, help="Kill the small one at every so many-th request.")
@click.option("--points", default=50, help="Kill the large one at so many random requests.")
@click.option("--seed", default=1, help="Of the random requests, and of the first mutated tree.")
@click.option("--trees", default=20_000, help="Change so many trees of kinds.")
def main(stride: int, points: int, seed: int, trees: int) -> None:
    """Kill submissions, run them again, change trees, and tell what became of each."""
    wrong = mutate(range(seed * 1_000_000, seed * 1_000_000 + trees))
    project = Project.find(ROOT)
    small, large = small_promotion(project, _MORE), large_promotion(project)
    failures = sweep("small", small, range(0, requests_of(small), stride))
    chance = random.Random(seed)
    every = range(requests_of(large))
    failures += sweep("large", large, sorted(chance.sample(every, points)))
    raise SystemExit(1 if failures + wrong else 0)


def mutate(seeds: range) -> int:
    """Make these mutations of this project's kinds; gives how many end in a Python error."""
    began, found = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        root = copy_of_kinds(Path(folder))
        for seed in seeds:
            if told := fault(root, seed):
                found += 1
                click.echo(f"tree {seed}: {told}", err=True)
    took = time.monotonic() - began
    click.echo(f"{len(seeds)} mutated trees, {found} Python errors, {took:.0f} s")
    return found


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
