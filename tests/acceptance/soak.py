"""Kills submissions at every request of a small promotion, and at some of a large one.

Before that it changes documents of every sort (tests/fuzz), kinds among them, and edits projects
between generations (tests/diff/saves.py). `python -m
tests.acceptance.soak` takes some hours; `--stride 10 --points 3 --documents 300` a fraction. It
exits with 1 where a task was lost, made twice, or started too early, and where a document ended in
anything but what is right or coded errors.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import click

from relpro.project import Project
from tests.acceptance.checkout import ROOT
from tests.acceptance.crashes import Crashing, Moment
from tests.acceptance.intentions import Intention, large_promotion, small_promotion
from tests.fuzz.running import faults
from tests.fuzz.sorts import SORTS

#: Made-up locales of the small promotion, for some 300 tasks.
_MORE = 5


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--stride", default=1, help="Kill the small one at every so many-th request.")
@click.option("--points", default=50, help="Kill the large one at so many random requests.")
@click.option("--seed", default=1, help="Of the random requests, and of the first document.")
@click.option("--documents", default=10_000, help="Change so many documents of each sort.")
@click.option("--edits", default=1_000, help="Edit this project so often, and random ones.")
@click.option("--sort", "sorts", multiple=True, type=click.Choice(tuple(SORTS)), help="Only these.")
def main(
    stride: int, points: int, seed: int, documents: int, edits: int, sorts: tuple[str, ...]
) -> None:
    """Change documents, kill submissions, run them again, and tell what became of each."""
    seeds = range(seed * 1_000_000, seed * 1_000_000 + documents)
    wrong = sum(change(sort, seeds) for sort in sorts or SORTS)
    if sorts:
        raise SystemExit(1 if wrong else 0)
    wrong += edit(edits)
    project = Project.find(ROOT)
    small, large = small_promotion(project, _MORE), large_promotion(project)
    failures = sweep("small", small, range(0, requests_of(small), stride))
    chance = random.Random(seed)
    every = range(requests_of(large))
    failures += sweep("large", large, sorted(chance.sample(every, points)))
    raise SystemExit(1 if failures + wrong else 0)


def change(sort: str, seeds: range) -> int:
    """Change documents of a sort; gives how many end in what they may not."""
    began, found = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for told in faults(sort, SORTS[sort](Path(folder), stack), seeds):
            found += 1
            click.echo(told, err=True)
    took = time.monotonic() - began
    click.echo(f"{len(seeds)} documents of sort {sort}, {found} faults, {took:.0f} s")
    return found


def edit(edits: int) -> int:
    """Edit projects; gives in how many sorts of them a warm generation was not a cold one."""
    found = 0
    for words in ((), ("--random",)):
        command = [sys.executable, "-m", "tests.diff.saves", *words, "0", str(edits)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        click.echo(f"{edits} edits {' '.join(words)}: {ran.stdout}{ran.stderr}".rstrip())
        found += ran.returncode != 0
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
