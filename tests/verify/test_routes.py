import pytest

from relpro.testing.factories import make_task
from relpro.verify.routes import services_take_every_route
from tests.verify.found import find, told


def said(*routes: str) -> list[str]:
    return told(find(services_take_every_route, make_task("a", definition={"routes": [*routes]})))


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("x.a/b.latest", "of which the index does not take `a/b`"),
        ("x.a b", "of which the index does not take `a b`"),
        ("x.ä", "of which the index does not take `ä`"),
        ("x..y", "which has an empty part"),
        ("x.", "which has an empty part"),
        (".x", "which has an empty part"),
        ("", "which has an empty part"),
        ("x.y\n", "of which the index does not take `y\n`"),
    ],
)
def test_a_path_that_the_index_refuses_is_found(path: str, fault: str) -> None:
    (found,) = said(f"index.{path}")
    assert found.startswith(f"G330: task `a` has route `index.{path}`, {fault}")


@pytest.mark.parametrize(
    "route",
    [
        "tc-treeherder",
        "tc-treeherder.v2.project",
        "tc-treeherder.v2.a.b.c0ffee",
        "tc-treeherder.v2.a/b/c.c0ffee",
        "tc-treeherder.v2.a b.c0ffee",
        "tc-treeherder.v2..c0ffee",
        "tc-treeherder.v1.project.c0ffee",
    ],
)
def test_a_route_that_treeherder_cannot_read_is_found(route: str) -> None:
    (found,) = said(route)
    assert found.endswith("which is not `tc-treeherder.v2.PROJECT.REVISION`")


def test_what_the_services_take_is_fine() -> None:
    assert not said(
        "index.a-b_c.!~*'()%2F.latest",
        "index.a",
        "tc-treeherder.v2.project.c0ffee",
        "tc-treeherder-stage.v2.owner/name.c0ffee.42",
        "notify.email.x@example.com.on-failed",
        "checks",
    )


def test_one_fault_of_many_tasks_is_told_once() -> None:
    tasks = [
        make_task(f"t{at}", definition={"routes": [f"index.x.a/b.{at}", f"index.y.a/b.{at}"]})
        for at in range(4)
    ]
    (found,) = told(find(services_take_every_route, *tasks))
    assert found == (
        "G330: task `t0` (and 3 more) has route `index.x.a/b.0`, of which the index does "
        "not take `a/b`"
    )
