import pytest

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.phase import Phase
from relpro.model.place import Copy, Effects, Place
from relpro.model.policy import Policy
from relpro.model.task import Task
from relpro.testing.factories import make_config, make_flavor, make_method, make_parameters
from relpro.testing.factories import make_task as plain_task
from relpro.verify.effects import (
    every_place_has_one_writer,
    keys_are_well_formed,
    objects_are_below_owned_folders,
    what_is_read_is_written_before,
)
from tests.verify.found import At, find, told

Places = tuple[Place, ...]

NAME = Place("download", "production/Widget-1.0")


def task(
    label: str, *needs: str, writes: Places = (), reads: Places = (), phase: str | None = None
) -> Task:
    return plain_task(label, *needs, phase=phase, effects=Effects(writes, reads))


def read_by(*tasks: Task) -> list[Diagnostic]:
    at = At(parameters={"release_product": "widget"})
    return find(what_is_read_is_written_before, *tasks, at=at)


def uploads(label: str, *paths: str) -> Task:
    return task(label, writes=tuple(Place("object", f"release/{path}") for path in paths))


def test_two_tasks_do_not_write_one_place() -> None:
    assert told(find(every_place_has_one_writer, uploads("a", "pub/x"), uploads("b", "pub/x"))) == [
        "G362: tasks `a` and `b` both write object `release/pub/x`"
    ]
    assert find(every_place_has_one_writer, uploads("a", "pub/x"), uploads("b", "pub/y")) == []


def test_a_place_of_another_kind_or_bucket_is_another() -> None:
    others = (Place("object", "dep/pub/x"), Place("alias", "release/pub/x"))
    assert find(every_place_has_one_writer, uploads("a", "pub/x"), task("b", writes=others)) == []


def test_one_task_does_not_write_a_place_twice() -> None:
    found = find(every_place_has_one_writer, uploads("a", "pub/y", "pub/x", "pub/x"))
    assert told(found) == ["G362: task `a` writes object `release/pub/x` twice"]


def test_kinds_that_write_again_may_do_so_before_or_after() -> None:
    policy = Policy(rewriting_kinds=("b",))
    for labels in (("a", "b"), ("b", "a")):
        tasks = [uploads(label, "pub/x") for label in labels]
        assert find(every_place_has_one_writer, *tasks, policy=policy) == []
    tasks = [uploads(label, "pub/x") for label in ("a", "c")]
    assert len(find(every_place_has_one_writer, *tasks, policy=policy)) == 1


def test_tasks_that_no_release_has_both_of_may_write_one_place() -> None:
    method = make_method(match_any={"variant": "release_type"})
    flavor = make_flavor("promote_widget", Phase.PROMOTE, "widget", method.name)
    graph = TaskGraph.build(
        plain_task(
            name,
            product="widget",
            attributes={"variant": name},
            effects=Effects((Place("object", "release/pub/x"),)),
        )
        for name in ("beta", "release")
    )
    config = make_config(methods=[method], flavors=[flavor])
    parameters = make_parameters(release_type="beta")
    assert list(every_place_has_one_writer(graph, parameters, config)) == []


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("", "it is empty"),
        ("/pub/x", "it begins with `/`"),
        ("pub/x/", "it ends with `/`"),
        ("https://example.com/x", "it begins with a scheme"),
        ("pub/./x", "a part of it is `.` or `..`"),
        ("pub/../../x", "a part of it is `.` or `..`"),
        ("..", "a part of it is `.` or `..`"),
        ("pub//x", "a part of it is empty"),
        ("pub/x\ty", "it holds a control character"),
        ("pub/x\n", "it holds a control character"),
        (" pub/x", "a blank stands at an end"),
        ("pub/x ", "a blank stands at an end"),
    ],
)
def test_the_path_of_an_object_is_well_formed(path: str, fault: str) -> None:
    found = find(keys_are_well_formed, uploads("a", "pub/fine", path))
    assert told(found) == [f"G363: task `a` writes object `{path}`: {fault}"]


@pytest.mark.parametrize(
    "path", ["x", "pub/Setup 1.0.exe", "pub/...", "pub/.x", "pub/x..y", "a/b:c"]
)
def test_what_is_nearly_ill_formed_is_taken(path: str) -> None:
    assert find(keys_are_well_formed, uploads("a", path)) == []


OWNED = Policy(owned_folders={"release": ("pub/widget/",)})


@pytest.mark.parametrize("path", ["pub/gadget/x", "pub/widgets/x", "pub/widget", "xpub/widget/x"])
def test_objects_are_written_below_folders_that_the_project_owns(path: str) -> None:
    found = find(objects_are_below_owned_folders, uploads("a", "pub/widget/x", path), policy=OWNED)
    assert told(found) == [
        f"G367: task `a` writes object `{path}` of `release`, which is not the project's"
    ]
    assert find(objects_are_below_owned_folders, uploads("a", path)) == []


def test_a_bucket_without_folders_is_not_the_projects() -> None:
    elsewhere = task("a", writes=(Place("object", "releases/pub/widget/x"),))
    (found,) = find(objects_are_below_owned_folders, elsewhere, policy=OWNED)
    assert found.remedy == "did you mean `release`?"


def test_what_is_copied_goes_below_owned_folders_too() -> None:
    for folder, count in (("widget", 0), ("gadget", 1)):
        copy = Copy("release/pub/widget/candidates/", f"release/pub/{folder}/releases/", ())
        copies = plain_task("a", effects=Effects(copies=(copy,)))
        assert len(find(objects_are_below_owned_folders, copies, policy=OWNED)) == count


def test_places_that_are_no_objects_have_no_folders() -> None:
    named = task("a", writes=(NAME,))
    assert find(objects_are_below_owned_folders, named, policy=OWNED) == []


def test_what_is_read_is_written() -> None:
    found = read_by(task("a", reads=(NAME,)))
    assert told(found) == [
        "G364: task `a` reads download `production/Widget-1.0`, which no task writes"
    ]


def test_a_writer_stands_before_its_reader_at_any_distance() -> None:
    tasks = (task("a", writes=(NAME,)), task("b", "a"), task("c", "b", reads=(NAME,)))
    assert read_by(*tasks) == []
    apart = (task("a", writes=(NAME,)), task("b"), task("c", "b", reads=(NAME,)))
    assert [found.code for found in read_by(*apart)] == ["G365"]
    assert "does not wait for `a`" in read_by(*apart)[0].what


@pytest.mark.parametrize(("writer", "count"), [("promote", 0), ("ship", 1)])
def test_a_writer_may_be_of_an_earlier_phase(writer: str, count: int) -> None:
    tasks = (task("a", writes=(NAME,), phase=writer), task("b", reads=(NAME,), phase="ship"))
    assert len(read_by(*tasks)) == count


def test_what_another_product_reads_is_no_part_of_this_release() -> None:
    other = plain_task("a", product="gadget", effects=Effects(reads=(NAME,)))
    assert read_by(other) == []
