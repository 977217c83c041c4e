"""What people see is written by no task before the phase for which it waits."""

import pytest

from relpro.model.place import Copy, Effects, Place
from relpro.model.policy import Policy
from relpro.model.task import Json
from relpro.testing.factories import make_task
from relpro.verify.waiting import what_people_see_waits_for_its_phase
from tests.verify.found import TRY, At, find, told

POLICY = Policy(
    earliest_phases={
        "object": {"promote": ["*/candidates/*"], "push": ["*/releases/*"], "ship": ["maven/*"]},
        "rule": {"promote": ["*-test"], "ship": ["*"]},
    }
)


def found(kind: str, key: str, phase: str | None, policy: Policy = POLICY) -> list[str]:
    task = make_task("a", phase=phase, effects=Effects((Place(kind, key),)))
    return told(find(what_people_see_waits_for_its_phase, task, policy=policy))


@pytest.mark.parametrize(
    ("kind", "key", "phase"),
    [
        ("object", "release/candidates/1/x", "promote"),
        ("object", "release/candidates/1/x", "ship"),
        ("object", "release/releases/1/x", "push"),
        ("object", "maven/x", "ship"),
        ("rule", "release/widget-test", "promote"),
        ("rule", "release/1", "ship"),
        ("tag", "repository/V1", None),
    ],
)
def test_what_its_phase_writes_is_fine(kind: str, key: str, phase: str | None) -> None:
    assert found(kind, key, phase) == []


@pytest.mark.parametrize(
    ("kind", "key", "phase", "code"),
    [
        ("object", "release/candidates/1/x", None, "G386"),
        ("object", "release/candidates/1/x", "build", "G386"),
        ("object", "release/releases/1/x", "promote", "G386"),
        ("object", "maven/x", "push", "G386"),
        ("rule", "release/1", "push", "G386"),
        ("object", "release/latest/x", "ship", "G387"),
    ],
)
def test_what_comes_too_early_is_refused(kind: str, key: str, phase: str | None, code: str) -> None:
    of = f"phase {phase}" if phase else "no phase"
    assert found(kind, key, phase) == [f"{code}: task `a` of {of} writes {kind} `{key}`"]


def test_where_nothing_waits_everything_may_be_written() -> None:
    assert found("rule", "release/1", "build", Policy()) == []


def test_copies_write_as_well() -> None:
    copies = (Copy("release/candidates/1/", "release/releases/1/", ()),)
    task = make_task("a", phase="promote", effects=Effects(copies=copies))
    (one,) = find(what_people_see_waits_for_its_phase, task, policy=POLICY)
    assert told([one]) == ["G386: task `a` of phase promote writes object `release/releases/1/`"]
    assert "waits for phase push" in one.why


def test_each_task_is_told_once() -> None:
    places = tuple(Place("rule", f"release/{number}") for number in range(3))
    task = make_task("a", phase="push", effects=Effects(places))
    assert len(find(what_people_see_waits_for_its_phase, task, policy=POLICY)) == 1


@pytest.mark.parametrize(("project", "wanted"), [("trunk", ["G386"]), ("real", [])])
def test_what_waits_may_depend_on_the_release(project: str, wanted: list[str]) -> None:
    keyed: Json = {"by-project": {"real": ["*"], "default": []}}
    policy = Policy(earliest_phases={"rule": {"build": keyed, "ship": ["*"]}})
    task = make_task("a", phase="push", effects=Effects((Place("rule", "release/1"),)))
    at = At("real", "3") if project == "real" else TRY
    seen = find(what_people_see_waits_for_its_phase, task, policy=policy, at=at)
    assert [one.code for one in seen] == wanted


def test_what_cannot_be_rendered_is_told_where_it_stands() -> None:
    policy = Policy(earliest_phases={"rule": {"ship": ["{nothing-that-there-is}"]}})
    task = make_task("a", phase="push", effects=Effects((Place("rule", "release/1"),)))
    (one,) = find(what_people_see_waits_for_its_phase, task, policy=policy)
    assert (one.code, one.where) == ("T401", (policy.origin,))
