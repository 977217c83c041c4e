"""What an edit does to places outside of the graph."""

import attrs
import orjson

from relpro.graph.difference.difference import Difference, diff
from relpro.graph.difference.report import make_report
from relpro.graph.difference.text import to_data, write_markdown, write_text
from relpro.graph.files import read_json, text_of
from relpro.graph.taskgraph import TaskGraph
from relpro.model.place import Copy, Effects, Place
from relpro.model.task import Task
from relpro.testing.factories import make_task


def upload(label: str, *paths: str) -> Task:
    places = tuple(Place("object", f"release/pub/{path}") for path in paths)
    return make_task(label, effects=Effects(places))


def text(before: list[Task], after: list[Task]) -> list[str]:
    return write_text([make_report(between(before, after))]).splitlines()


def between(before: list[Task], after: list[Task]) -> Difference:
    return diff(TaskGraph.of(before), TaskGraph.of(after))


def test_places_that_are_gained_and_lost_stand_first() -> None:
    lines = text([upload("up-a", "a", "b.1")], [upload("up-a", "a", "b.2", "c")])
    assert lines[0].startswith("graph: 1 -> 1 task")
    assert lines[1:3] == [
        "  @ + object release/pub/{b.2,c}: by up, 2 places",
        "  @ - object release/pub/b.1: by up",
    ]


def test_a_place_moves_to_another_task() -> None:
    before, after = [upload("up-a", "x"), upload("up-b")], [upload("up-a"), upload("up-b", "x")]
    assert text(before, after)[1] == "  @ > object release/pub/x: up-a -> up-b"


def test_a_task_by_another_name_moves_nothing() -> None:
    before, after = [upload("up-linux", "x")], [upload("up-linux64", "x")]
    assert between(before, after).places == ()
    assert len(between(before, after).renamed) == 1


def test_what_no_task_writes_otherwise_is_not_told() -> None:
    before, after = [upload("up-a", "x")], [attrs.evolve(upload("up-a", "x"), description="y")]
    assert between(before, after).places == ()
    read = make_task("r-a", effects=Effects(reads=(Place("alias", "production/x"),)))
    assert between([make_task("r-a")], [read]).places == ()


def test_index_paths_and_copies_are_places() -> None:
    copy = Copy("release/pub/1/", "release/pub/2/", ())
    after = make_task("a-a", effects=Effects(copies=(copy,)), definition={"routes": ["index.x.y"]})
    assert [line[:38] for line in text([make_task("a-a")], [after])[1:3]] == [
        "  @ + index x.y: by a",
        "  @ + object release/pub/2/: copied fr",
    ]


def test_programs_are_told_who_writes_a_place_now_and_before() -> None:
    data = to_data("x", between([upload("up-a", "x")], [upload("up-b", "x", "y"), upload("up-a")]))
    assert [(one["sign"], one["key"], one["before"], one["after"]) for one in data["places"]] == [
        (">", "release/pub/x", ["up-a"], ["up-b"]),
        ("+", "release/pub/y", [], ["up-b"]),
    ]


def test_a_comment_has_places_before_risks() -> None:
    report = make_report(between([], [upload("up-a", "x")]))
    assert "**Places**\n\n```diff\n+ object release/pub/x: by up\n" in write_markdown([report])


def test_a_graph_file_tells_places_and_one_without_them_is_no_loss() -> None:
    graph = TaskGraph.of([upload("up-a", "x")])
    (task,) = graph
    again = read_json(orjson.dumps({"up-a": orjson.loads(text_of(task))}), "graph.json")
    assert again["up-a"].effects == task.effects
    older = read_json(orjson.dumps({"up-a": task.to_json()}), "older.json")
    assert not diff(older, graph)
    assert b"effects" not in text_of(older["up-a"])
