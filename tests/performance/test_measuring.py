"""The measuring itself: what it says of numbers that are known."""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.performance.agree import differences
from tests.performance.chart import chart
from tests.performance.measure import (
    Command,
    FailedError,
    Run,
    Series,
    exponent,
    interleave,
    ratio,
    run,
)
from tests.performance.races import FLOOR, RELPRO, Race
from tests.performance.shape import Shape


def series(name: str, *walls: float) -> Series:
    return Series(name, tuple(Run(wall, wall, 1) for wall in walls))


def task(label: str, need: str | None = None, size: int = 100) -> dict[str, object]:
    dependencies = {"build": need} if need else {}
    return {"label": label, "dependencies": dependencies, "task": {"env": "x" * size}}


def test_cost_that_grows_with_the_square_has_the_exponent_two() -> None:
    assert exponent([(10, 300), (20, 1200), (40, 4800)]) == pytest.approx(2)


def test_a_ratio_is_made_of_neighbours_so_that_a_slow_minute_does_not_tell() -> None:
    assert ratio(series("a", 2, 20, 2), series("b", 1, 10, 1)) == 2


def test_commands_run_in_turn(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = f"open({str(log)!r}, 'a').write(__import__('sys').argv[1])"
    commands = [Command(name, (sys.executable, "-c", program, name)) for name in "ab"]
    interleave(commands, 2)
    assert log.read_text() == "abab"


def test_a_command_that_fails_is_no_measurement() -> None:
    program = "import sys; sys.stderr.write('no such thing'); sys.exit(3)"
    with pytest.raises(FailedError, match="gave 3:\nno such thing"):
        run(Command("broken", (sys.executable, "-c", program)))


def test_graphs_agree_whatever_their_keys_are() -> None:
    ours = {"a": task("a"), "b": task("b", "a")}
    assert list(differences(ours, {"id-1": task("a"), "id-2": task("b", "id-1")})) == []


@pytest.mark.parametrize(
    ("peers", "said"),
    [
        ({"a": task("a"), "c": task("c", "a")}, "2 labels are in one graph only: ['b', 'c']"),
        ({"a": task("a"), "b": task("b")}, "1 edges are in one graph only: [('b', 'build', 'a')]"),
        ({"a": task("a", size=200), "b": task("b", "a")}, "a body has 69% of the size of its peer"),
    ],
)
def test_graphs_that_differ_are_no_race(peers: dict[str, dict[str, object]], said: str) -> None:
    assert said in list(differences({"a": task("a"), "b": task("b", "a")}, peers))


@pytest.mark.parametrize("tasks", [1_000, 5_000, 20_000, 50_000])
def test_a_shape_has_about_as_many_tasks_as_are_asked_for(tasks: int) -> None:
    shape = Shape.of(tasks)
    assert abs(shape.size - tasks) <= 40
    assert len(set(shape.locales)) == len(shape.locales)


def test_the_chart_has_a_line_for_each_tool() -> None:
    costs = {RELPRO: 100, "taskgraph": 25, FLOOR: 200}
    races = [
        Race("", size, tuple(series(name, size / cost) for name, cost in costs.items()))
        for size in (1_000, 20_000)
    ]
    drawn = ET.fromstring(chart(races))
    assert len([one for one in drawn if one.tag.endswith("polyline")]) == 3
