"""Takes what was measured, gives which goals are met."""

import itertools
from collections.abc import Iterator, Sequence

import attrs

from tests.performance.measure import exponent, peak, ratio
from tests.performance.races import DIFF, FLOOR, Race
from tests.performance.submission import Submission, faster

#: Graphs from this size on are fitted for the exponent: below, start-up hides the slope.
FITTED = 4_900


@attrs.frozen
class Results:
    """All that one run of the driver measured."""

    generation: tuple[Race, ...]
    fetches: tuple[Race, ...]
    small: Race
    start: Race
    release: tuple[Race, ...]
    submission: tuple[Submission, Submission]


@attrs.frozen
class Goal:
    """One goal; `met` is None where this run did not measure it."""

    what: str
    wanted: str
    measured: str = "not measured"
    met: bool | None = None


def goals(results: Results) -> Iterator[Goal]:
    """Every goal, in the order in which the figures are shown."""
    yield from _large(results.generation)
    yield _growth("growth of the time, 5,000 to 50,000 tasks", results.generation)
    yield _growth("the same, joined by fetches", results.fetches)
    yield _at_most(
        "20 tasks: time / taskgraph's fastest", 1 / 3, ratio(results.small.ours, results.small.peer)
    )
    yield _at_most("`relpro --help`, seconds", 0.12, results.start.ours.wall)
    yield from _real(results.release)
    yield _difference(results.release)
    ours, peer = results.submission
    yield _at_least("submission: rate / taskgraph's", 3, faster(ours, peer))
    yield _at_most("submission: connections", 50, ours.connections)


def _large(races: Sequence[Race]) -> Iterator[Goal]:
    what = ("20,000 tasks: taskgraph's fastest / relpro", "20,000 tasks: relpro / floor",
            "20,000 tasks: memory / taskgraph's")  # fmt: skip
    race = next((race for race in races if 19_000 < race.tasks < 21_000), None)
    if race is None:
        yield from (Goal(text, wanted) for text, wanted in zip(what, (">= 4", "<= 2", "<= 0.5")))  # noqa: B905
        return
    yield _at_least(what[0], 4, ratio(race.peer, race.ours))
    yield _at_most(what[1], 2, ratio(race.ours, race.named(FLOOR)))
    yield _at_most(what[2], 0.5, ratio(race.ours, race.peer, peak))


def _growth(what: str, races: Sequence[Race]) -> Goal:
    slope = growth(races, "relpro")
    if slope is None or races[-1].tasks < 45_000:
        return Goal(f"{what}: exponent", "<= 1.05")
    return _at_most(f"{what}: exponent", 1.05, slope)


def growth(races: Sequence[Race], name: str) -> float | None:
    """The exponent of a command's processor time on the larger graphs; None of fewer than two."""
    points = [
        (float(race.tasks), series.cpu)
        for race in races
        for series in race.series
        if series.name == name and race.tasks >= FITTED
    ]
    return exponent(points) if len(points) > 1 else None


def _real(races: Sequence[Race]) -> Iterator[Goal]:
    what = "a real release's promote graph, seconds"
    real = [race for race in races if race.title.endswith("morphed")]
    yield _at_most(what, 2, real[0].ours.wall) if real else Goal(what, "<= 2")


def _difference(races: Sequence[Race]) -> Goal:
    what = "`relpro diff` / one generation"
    pairs = [(race, before) for before, race in itertools.pairwise(races) if race.title == DIFF]
    if not pairs:
        return Goal(what, "<= 2.5")
    ((race, before),) = pairs
    return _at_most(what, 2.5, ratio(race.ours, before.ours))


def _at_most(what: str, bound: float, measured: float) -> Goal:
    return Goal(what, f"<= {bound:.3g}", f"{measured:.3g}", measured <= bound)


def _at_least(what: str, bound: float, measured: float) -> Goal:
    return Goal(what, f">= {bound:.3g}", f"{measured:.3g}", measured >= bound)
