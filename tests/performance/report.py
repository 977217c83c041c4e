"""Takes what was measured, gives tables for people and JSON for programs."""

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from tests.performance.environment import PEER
from tests.performance.goals import Results, goals, growth
from tests.performance.measure import Series, cpu, ratio
from tests.performance.races import FLOOR, MODES, RELPRO, Race
from tests.performance.submission import LATENCY

_MET = {True: "met", False: "**missed**", None: "-"}


def tables(results: Results) -> str:
    """Every table, as Markdown."""
    return "\n".join(_lines(results))


def _lines(results: Results) -> Iterator[str]:
    runs = len(results.generation[-1].ours.runs)
    yield f"{machine()}\n" + (f"Medians of {runs} runs.\n" if runs > 1 else "One run.\n")
    yield "### Goals\n"
    rows = [(goal.what, goal.wanted, goal.measured, _MET[goal.met]) for goal in goals(results)]
    yield from _table(("", "wanted", "measured", ""), rows)
    yield "### From kinds to morphed JSON\n"
    yield from _races(results.generation)
    yield "### The same, kinds joined by fetches\n"
    yield from _races(results.fetches)
    yield "### Small things\n"
    yield from _table(("command", "seconds", "MiB"), _small(results))
    yield "### The pipeline of this repository\n"
    rows = [(race.title, _count(race), _seconds(race.ours), _mib(race.ours)) for race in results.release]  # noqa: E501  # fmt: skip
    yield from _table(("graph", "tasks", "seconds", "MiB"), rows)
    yield f"### Submission, {LATENCY * 1000:.0f} ms latency\n"
    rows = [(one.name, f"{one.tasks:,}", f"{one.rate:,.0f}", f"{one.connections:,}") for one in results.submission]  # noqa: E501  # fmt: skip
    yield from _table(("tool", "tasks", "tasks a second", "connections"), rows)


def machine() -> str:
    """When and where it was measured, in a sentence."""
    version, today = platform.python_version(), datetime.now(UTC)
    return (
        f"Measured on {today.day} {today:%B %Y}: {os.cpu_count()} processors, "
        f"{platform.system()}, Python {version}; "
        f"the peer is {', '.join(PEER)}."
    )


def _races(races: Sequence[Race]) -> Iterator[str]:
    names = (RELPRO, *MODES, FLOOR)
    head = ("tasks", *(f"{name}, s" for name in names), "peer / relpro", "relpro / floor",
            "relpro, MiB", "peer, MiB")  # fmt: skip
    yield from _table(head, [_race(race, names) for race in races])
    slopes = [f"{name} {slope:.2f}" for name in names if (slope := growth(races, name)) is not None]
    if slopes:
        yield f"Exponent of the processor time from 5,000 tasks on: {'; '.join(slopes)}.\n"


def _race(race: Race, names: Iterable[str]) -> tuple[str, ...]:
    have = {series.name: series for series in race.series}
    peer = race.peer if have.keys() & MODES.keys() else None
    floor = have.get(FLOOR)
    return (
        f"{race.tasks:,}",
        *(_seconds(have[name]) if name in have else "-" for name in names),
        _ratios(peer, race.ours) if peer else "-",
        _ratios(race.ours, floor) if floor else "-",
        _mib(race.ours),
        _mib(peer) if peer else "-",
    )


def _ratios(over: Series, under: Series) -> str:
    return f"{ratio(over, under):.1f} ({ratio(over, under, cpu):.1f})"


def _small(results: Results) -> Iterator[tuple[str, ...]]:
    for series in results.start.series:
        name = series.name if series.name.startswith("python") else f"{series.name} --help"
        yield f"`{name}`", _seconds(series), _mib(series)
    for series in results.small.series:
        yield f"{results.small.tasks} tasks: {series.name}", _seconds(series), _mib(series)


def _count(race: Race) -> str:
    return f"{race.tasks:,}" if race.tasks else "-"


def _seconds(series: Series) -> str:
    return f"{series.wall:.2f}" if series.wall >= 0.2 else f"{series.wall:.3f}"


def _mib(series: Series) -> str:
    return f"{series.peak:.0f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; what is not in the first column is right-aligned."""
    yield f"| {' | '.join(head)} |"
    yield f"| --- |{' ---: |' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def data(results: Results) -> dict[str, Any]:
    """Every single run, for programs."""
    return {
        "machine": machine(),
        "results": attrs.asdict(results),
        "goals": [attrs.asdict(goal) for goal in goals(results)],
    }
