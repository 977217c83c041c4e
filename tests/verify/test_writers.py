"""A place has one writer: among tasks, in one task, and of what is copied."""

import pytest

from relpro.graph.taskgraph import TaskGraph
from relpro.model.phase import Phase
from relpro.model.place import Copy, Effects, Place
from relpro.model.policy import Policy
from relpro.model.task import Task
from relpro.testing.factories import make_config, make_flavor, make_method, make_parameters
from relpro.testing.factories import make_task as plain_task
from relpro.verify.writers import every_place_has_one_writer
from tests.verify.found import find, told


def uploads(label: str, *paths: str) -> Task:
    places = tuple(Place("object", f"release/{path}") for path in paths)
    return plain_task(label, effects=Effects(places))


def copies(label: str, source: str, target: str, *excluded: str) -> Task:
    copy = Copy(f"release/{source}", f"release/{target}", excluded)
    return plain_task(label, effects=Effects(copies=(copy,)))


def found(*tasks: Task, **rewriting: dict[str, tuple[str, ...]]) -> list[str]:
    policy = Policy(rewriting_kinds=rewriting)
    return told(find(every_place_has_one_writer, *tasks, policy=policy))


def test_two_tasks_do_not_write_one_place() -> None:
    assert found(uploads("a", "pub/x"), uploads("b", "pub/x")) == [
        "G362: tasks `a` and `b` both write object `release/pub/x`"
    ]
    assert found(uploads("a", "pub/x"), uploads("b", "pub/y")) == []


def test_a_place_of_another_kind_or_bucket_is_another() -> None:
    others = Effects((Place("object", "dep/pub/x"), Place("alias", "release/pub/x")))
    assert found(uploads("a", "pub/x"), plain_task("b", effects=others)) == []


def test_one_task_does_not_write_a_place_twice() -> None:
    assert found(uploads("a", "pub/y", "pub/x", "pub/x")) == [
        "G362: task `a` writes object `release/pub/x` twice"
    ]


def test_kinds_that_write_again_may_do_so_before_or_after() -> None:
    for labels in (("a", "b"), ("b", "a")):
        tasks = [uploads(label, "pub/x") for label in labels]
        assert found(*tasks, b={"object": ("release/pub/*",)}) == []
    tasks = [uploads(label, "pub/x") for label in ("a", "c")]
    assert len(found(*tasks, b={"object": ("release/pub/*",)})) == 1


@pytest.mark.parametrize("places", [{"object": ("release/other/*",)}, {"blob": ("**",)}])
def test_a_kind_that_writes_some_places_again_writes_no_others(
    places: dict[str, tuple[str, ...]],
) -> None:
    assert len(found(uploads("a", "pub/x"), uploads("b", "pub/x"), b=places)) == 1


def test_who_writes_again_hides_no_others_from_each_other() -> None:
    tasks = [uploads(label, "pub/x") for label in ("b", "a", "c")]
    assert found(*tasks, b={"object": ("**",)}) == [
        "G362: tasks `a` and `c` both write object `release/pub/x`"
    ]


def test_what_moves_may_be_moved_by_releases_of_several_products() -> None:
    for kind, count in (("tree-file", 0), ("tag", 1)):
        effects = Effects((Place(kind, "example.com/widget/x"),))
        tasks = [plain_task(name, product=name, effects=effects) for name in ("gadget", "widget")]
        assert len(found(*tasks)) == count
        of_one = [plain_task(name, product="widget", effects=effects) for name in ("a", "b")]
        assert len(found(*of_one)) == 1


def test_a_copy_is_a_writer_of_what_it_copies() -> None:
    upload, push = uploads("a", "pub/1/x", "pub/2/x"), copies("b", "pub/1/", "pub/2/")
    assert found(upload, push) == ["G362: tasks `a` and `b` both write object `release/pub/2/x`"]
    assert found(upload, copies("b", "pub/1/", "pub/2/", ".*x$")) == []
    assert found(uploads("a", "pub/1/x", "pub/2/y"), push) == []


def test_two_copies_do_not_write_one_place() -> None:
    tasks = (uploads("a", "pub/1/x", "pub/2/x"), copies("b", "pub/1/", "pub/3/"))
    assert found(*tasks, copies("c", "pub/2/", "pub/3/")) == [
        "G362: tasks `b` and `c` both write object `release/pub/3/x`"
    ]
    assert found(*tasks, copies("c", "pub/2/", "pub/4/")) == []
    assert found(*tasks, copies("c", "pub/", "pub/3/y/")) == []


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
