"""Takes races of several sizes, gives a small chart: seconds over tasks, both in powers of ten."""

import math
from collections.abc import Iterator, Sequence

import attrs

from tests.performance.races import FLOOR, RELPRO, Race

_WIDTH, _HEIGHT = 620, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 500, 20, 310
_COLOURS = {"taskgraph, fastest": "#b3541e", RELPRO: "#1f5fa8", FLOOR: "#6b6b6b"}


@attrs.frozen
class Axis:
    """A scale of powers of ten, from `low` to `high`, on the pixels `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value."""
        share = (math.log10(value) - math.log10(self.low)) / math.log10(self.high / self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> Iterator[float]:
        """Ones, twos and fives within the scale."""
        for power in range(-4, 7):
            for digit in (1, 2, 5):
                value = digit * 10.0**power
                if self.low <= value <= self.high:
                    yield value


def chart(races: Sequence[Race]) -> str:
    """The chart as SVG. Needs races of at least two sizes."""
    lines = _lines(races)
    values = [value for line in lines.values() for _, value in line]
    x = Axis(races[0].tasks * 0.9, races[-1].tasks * 1.1, _LEFT, _RIGHT)
    y = Axis(min(values) * 0.8, max(values) * 1.2, _BOTTOM, _TOP)
    body = "\n".join([*_grid(x, y), *_curves(lines, x, y)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        ' font-family="sans-serif" font-size="12" role="img">\n'
        "<title>seconds from kinds to morphed JSON, by number of tasks</title>\n"
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _lines(races: Sequence[Race]) -> dict[str, list[tuple[float, float]]]:
    return {
        "taskgraph, fastest": [(race.tasks, race.peer.wall) for race in races],
        RELPRO: [(race.tasks, race.ours.wall) for race in races],
        FLOOR: [(race.tasks, race.named(FLOOR).wall) for race in races],
    }


def _grid(x: Axis, y: Axis) -> Iterator[str]:
    for value in x.ticks():
        yield f'<path d="M{x.at(value)} {_TOP}V{_BOTTOM}" stroke="#e4e4e4"/>'
        yield _text(x.at(value), _BOTTOM + 18, f"{value:,.0f}", "middle")
    for value in y.ticks():
        yield f'<path d="M{_LEFT} {y.at(value)}H{_RIGHT}" stroke="#e4e4e4"/>'
        yield _text(_LEFT - 6, y.at(value) + 4, f"{value:g}", "end")
    yield _text((_LEFT + _RIGHT) / 2, _HEIGHT - 12, "tasks", "middle")
    yield _text(_LEFT, _TOP - 8, "seconds", "end")


def _curves(lines: dict[str, list[tuple[float, float]]], x: Axis, y: Axis) -> Iterator[str]:
    for name, line in lines.items():
        colour = _COLOURS[name]
        places = [(x.at(tasks), y.at(seconds)) for tasks, seconds in line]
        points = " ".join(f"{across},{down}" for across, down in places)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for across, down in places:
            yield f'<circle cx="{across}" cy="{down}" r="3" fill="{colour}"/>'
        yield _text(places[-1][0] + 8, places[-1][1] + 4, name, "start", colour)


def _text(across: float, down: float, words: str, anchor: str, colour: str = "#333333") -> str:
    return f'<text x="{across}" y="{down}" text-anchor="{anchor}" fill="{colour}">{words}</text>'
