"""What is pushed was uploaded, and what was uploaded is pushed or excluded by name."""

import pytest

from relpro.errors import Diagnostic
from relpro.model.place import Copy, Effects, Place
from relpro.model.policy import Policy
from relpro.model.task import Task
from relpro.testing.factories import NO_POLICY, make_task
from relpro.verify.pushes import what_is_pushed_was_uploaded
from tests.verify.found import At, find, told

RELEASE = At(parameters={"release_product": "widget"})
COPY = Copy("release/candidates/1/", "release/releases/1/", (r"^.*\.log$",))
PUSH = make_task("push", effects=Effects(copies=(COPY,)))


def upload(label: str, *keys: str) -> Task:
    return make_task(label, effects=Effects(tuple(Place("object", key) for key in keys)))


def found(*tasks: Task, policy: Policy = NO_POLICY, at: At = RELEASE) -> list[Diagnostic]:
    return find(what_is_pushed_was_uploaded, *tasks, policy=policy, at=at)


def test_what_lies_where_a_push_copies_from_or_to_is_right() -> None:
    keys = ("release/candidates/1/x", "release/candidates/1/x.log", "release/releases/1/y")
    assert found(upload("a", *keys), PUSH) == []


@pytest.mark.parametrize("keys", [(), ("release/candidates/1/x.log",), ("dep/candidates/1/x",)])
def test_a_push_of_nothing_is_refused(keys: tuple[str, ...]) -> None:
    (diagnostic,) = found(upload("a", *keys), PUSH)
    assert diagnostic.code == "G380"
    assert "task `push` copies what is below `release/candidates/1/`" in diagnostic.what


def test_the_build_that_was_uploaded_is_suggested() -> None:
    nothing, beside = found(upload("a", "release/candidates/2/x/y"), PUSH)
    assert nothing.remedy == "did you mean `release/candidates/2/`?"
    assert "`release/candidates/2/x/y` is uploaded, and no task copies it" in beside.what


def test_what_nobody_copies_is_told_once_for_each_kind() -> None:
    tasks = (
        upload("a-1", "release/x", "release/candidates/1/x"),
        upload("a-2", "release/y"),
        upload("b-1", "release/candidates/z"),
    )
    assert [one.split(" are ")[0].split(" is ")[0] for one in told(found(*tasks, PUSH))] == [
        "G380: `release/x`, `release/y`",
        "G380: `release/candidates/z`",
    ]


def test_what_is_meant_for_nobody_is_named() -> None:
    tasks = (upload("a", "release/x/1", "release/candidates/1/x"), PUSH)
    assert len(found(*tasks)) == 1
    assert found(*tasks, policy=Policy(never_pushed=("release/x",))) == []


def test_buckets_from_which_nothing_is_pushed_are_no_matter() -> None:
    tasks = (upload("a", "maven/x", "release/candidates/1/x"), PUSH)
    assert found(*tasks) == []
    assert found(upload("a", "release/x")) == []


def test_a_push_to_the_repository_pushes_nothing() -> None:
    assert found(PUSH, at=At(parameters={"release_product": None})) == []
