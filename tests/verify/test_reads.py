"""What is read of this release is written in it, and before; what is read of others is not."""

import pytest

from relpro.errors import Diagnostic
from relpro.model.place import Copy, Effects, Place
from relpro.model.task import Task
from relpro.testing.factories import make_task as plain_task
from relpro.verify.reads import what_is_read_is_written_before
from tests.verify.found import At, find, told

Places = tuple[Place, ...]

NAME = Place("download", "production/Widget-1.0")


def task(
    label: str, *needs: str, writes: Places = (), reads: Places = (), phase: str | None = None
) -> Task:
    return plain_task(label, *needs, phase=phase, effects=Effects(writes, reads))


def objects(*paths: str) -> Places:
    return tuple(Place("object", f"release/{path}") for path in paths)


def read_by(*tasks: Task) -> list[Diagnostic]:
    at = At(parameters={"release_product": "widget"})
    return find(what_is_read_is_written_before, *tasks, at=at)


def codes(*tasks: Task) -> list[str]:
    return [found.code for found in read_by(*tasks)]


def test_what_is_read_is_written() -> None:
    found = read_by(task("a", reads=(NAME,)))
    assert told(found) == [
        "G364: task `a` reads download `production/Widget-1.0`, which no task writes"
    ]


def test_a_writer_stands_before_its_reader_at_any_distance() -> None:
    tasks = (task("a", writes=(NAME,)), task("b", "a"), task("c", "b", reads=(NAME,)))
    assert read_by(*tasks) == []
    apart = (task("a", writes=(NAME,)), task("b"), task("c", "b", reads=(NAME,)))
    assert codes(*apart) == ["G365"]
    assert "does not wait for `a`" in read_by(*apart)[0].what


def test_a_soft_dependency_is_waited_for() -> None:
    reader = plain_task("b", soft_dependencies=["a"], effects=Effects(reads=(NAME,)))
    assert read_by(task("a", writes=(NAME,)), reader) == []


def test_of_several_that_write_a_place_one_stands_before() -> None:
    writers = (task("a", writes=(NAME,)), task("b", writes=(NAME,)))
    for needed in ("a", "b"):
        assert read_by(*writers, task("c", needed, reads=(NAME,))) == []
    assert codes(*writers, task("c", reads=(NAME,))) == ["G365"]


@pytest.mark.parametrize(("writer", "count"), [("promote", 0), ("ship", 1)])
def test_a_writer_may_be_of_an_earlier_phase(writer: str, count: int) -> None:
    tasks = (task("a", writes=(NAME,), phase=writer), task("b", reads=(NAME,), phase="ship"))
    assert len(read_by(*tasks)) == count


def test_what_another_product_reads_is_no_part_of_this_release() -> None:
    other = plain_task("a", product="gadget", effects=Effects(reads=(NAME,)))
    assert read_by(other) == []


@pytest.mark.parametrize("glob", ["pub/", "pub/x/*.mar", "pub/**/a.mar", "pub/?/*"])
def test_all_writers_of_what_a_glob_matches_stand_before(glob: str) -> None:
    writers = (task("a", writes=objects("pub/x/a.mar")), task("b", writes=objects("pub/y/a.mar")))
    (read,) = objects(glob)
    assert read_by(*writers, task("c", "a", "b", reads=(read,))) == []
    needed = read_by(*writers, task("c", "b", reads=(read,)))
    assert [found.code for found in needed] == ["G365"]
    assert "wait for `a`" in needed[0].what


@pytest.mark.parametrize("glob", ["pu/", "pub/x/*.exe", "other/*", "pub/x/a.mar/"])
def test_a_glob_that_matches_nothing_reads_nothing(glob: str) -> None:
    (read,) = objects(glob)
    writer = task("a", writes=objects("pub/x/a.mar"))
    assert codes(writer, task("b", "a", reads=(read,))) == ["G364"]


def copying(label: str, *needs: str, phase: str | None = None) -> Task:
    copy = Copy("release/pub/1/", "release/pub/2/", (r"^.*\.log$",))
    return plain_task(label, *needs, phase=phase, effects=Effects(copies=(copy,)))


def test_a_copy_reads_what_it_copies_and_no_more() -> None:
    writer = task("a", writes=objects("pub/1/x"))
    assert codes(writer, copying("b")) == ["G365"]
    assert codes(writer, copying("b", "a")) == []
    excluded = task("c", writes=objects("pub/1/x.log", "pub/3/x"))
    assert codes(writer, excluded, copying("b", "a")) == []


@pytest.mark.parametrize("path", ["pub/2/x", "pub/2/", "pub/*/x"])
def test_what_is_copied_is_written_by_who_copies_it(path: str) -> None:
    writer = task("a", writes=objects("pub/1/x"))
    last = copying("b", "a")
    reader = task("c", "b", reads=objects(path))
    assert codes(writer, last, reader) == []
    assert codes(writer, last, task("c", "a", reads=objects(path))) == ["G365"]


@pytest.mark.parametrize("path", ["pub/2/x.log", "pub/2/y", "pub/2/*.log"])
def test_what_is_not_copied_is_not_there(path: str) -> None:
    writer = task("a", writes=objects("pub/1/x", "pub/1/x.log"))
    assert codes(writer, copying("b", "a"), task("c", "b", reads=objects(path))) == ["G364"]


def test_what_comes_from_an_earlier_release_is_none_of_this_one() -> None:
    (place,) = objects("pub/1.0/x")
    reader = plain_task("b", effects=Effects(outside=(place,)))
    assert read_by(reader) == []
    found = read_by(task("a", writes=(place,)), reader)
    assert [diagnostic.code for diagnostic in found] == ["G364"]
    assert "`release/pub/1.0/x` as of an earlier release, and `a` writes it" in found[0].what
