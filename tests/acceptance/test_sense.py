"""Promotions that make no sense after those before them: refused, with nothing created."""

from collections.abc import Mapping
from typing import Any

import pytest

from relpro.graph.taskids import task_id
from tests.acceptance.checkout import edit
from tests.acceptance.ci import Ci
from tests.acceptance.test_release import SMALL_INPUT
from tests.actions.events import OWN

PROMOTE, PUSH = task_id(OWN, "promote"), task_id(OWN, "push")
PARTIALS: Mapping[str, Any] = SMALL_INPUT["partial_updates"]  # type: ignore[assignment]

#: Where what is run by mozharness says which folder it publishes.
RUNNER = "transforms/mozharness.py"
ARTIFACT = '"path": made, "type": "directory"'


def given(phase: str, *graphs: str, **changes: Any) -> dict[str, Any]:
    flavor = f"{phase}_firefox"
    said = {**SMALL_INPUT, "release_promotion_flavor": flavor, "previous_graph_ids": list(graphs)}
    return {**said, **changes}


@pytest.fixture
def promoted(ci: Ci) -> Ci:
    """A small release that was promoted, and whose tasks are done."""
    assert ci.push().code == 0
    ci.service.complete_all()
    ran = ci.act("release-promotion", given("promote", OWN), PROMOTE)
    assert ran.code == 0, ran.err
    return ci


def refused(ci: Ci, said: Mapping[str, Any], name: str) -> str:
    own = task_id(OWN, name)
    ran = ci.act("release-promotion", said, own)
    assert ran.code in {2, 4}, ran.err
    assert ci.service.tasks(own) == {}
    return ran.err


def test_a_push_is_of_what_was_promoted(promoted: Ci) -> None:
    promoted.service.complete_all()
    earlier = {"155.0": {"buildNumber": 1, "locales": ["de"]}}
    for name, said, fault in (
        ("build", {"build_number": 2}, "`build_number` is 2, and was 1 in phase `promote`"),
        ("next", {"next_version": "156.0"}, "`next_version` is 156.0, and was 155.0.3"),
        ("partials", {"partial_updates": earlier}, "updates start from 155.0 build 1, and did"),
        ("other", {"version": "155.0.9"}, "the release is called 155.0.9, and was built as"),
        ("order", {"previous_graph_ids": [PROMOTE, OWN]}, f"give them as {OWN}, {PROMOTE}"),
    ):
        err = refused(promoted, {**given("push", OWN, PROMOTE), **said}, name)
        assert fault in err
    ran = promoted.act("release-promotion", given("push", OWN, PROMOTE), PUSH)
    assert ran.code == 0, ran.err


def test_a_push_waits_for_every_task_of_the_promotion(promoted: Ci) -> None:
    promoted.service.complete_all(
        outcome=lambda _key, task: (
            "failed" if "bouncer-sub" in task["metadata"]["name"] else "completed"
        )
    )
    err = refused(promoted, given("push", OWN, PROMOTE), "early")
    assert "tasks of earlier phases did not complete" in err
    assert "release-bouncer-sub-firefox is failed" in err


def test_a_release_is_promoted_once(promoted: Ci) -> None:
    err = refused(promoted, given("promote", OWN), "second")
    assert f"error[Q717]: this release was made before, by group `{PROMOTE}`" in err
    own = task_id(OWN, "third")
    ran = promoted.act("release-promotion", given("promote", OWN, again=True), own)
    assert ran.code == 0, ran.err
    assert len(promoted.service.tasks(own)) == len(promoted.service.tasks(PROMOTE))


def test_of_two_who_promote_at_once_one_gets_through(ci: Ci) -> None:
    assert ci.push().code == 0
    ci.service.complete_all()
    owners = [task_id(OWN, name) for name in ("one", "other")]
    for own in owners:
        ci.create(own, ci.action_task("release-promotion", given("promote", OWN), own, OWN))
    claims = [ci.claim(own) for own in owners]
    running = [
        ci.start(claim, *ci.action_words(own)) for own, claim in zip(owners, claims, strict=True)
    ]
    codes = [process.wait(timeout=120) for process in running]
    for process in running:
        process.communicate()
    assert sorted(codes) == [0, 4]


def test_updates_are_in_locales_that_are_released(ci: Ci) -> None:
    assert ci.push().code == 0
    ci.service.complete_all()
    for name, locales, fault in (
        ("none", [], "`partial_updates` of 155.0.1 has no locales"),
        ("other", ["de", "xx"], "155.0.1 names `xx`, in which nothing is released"),
    ):
        updates = {"155.0.1": {"buildNumber": 2, "locales": locales}}
        assert fault in refused(ci, given("promote", OWN, partial_updates=updates), name)


def test_a_build_whose_artifacts_have_expired_is_not_promoted(ci: Ci) -> None:
    edit(ci.root, "kinds/config.yml", "  push-to-ship: 21 days\n", "")
    edit(ci.root, RUNNER, ARTIFACT, f'{ARTIFACT}, "expires-after": "7 days"')
    assert ci.push().code == 0
    ci.service.complete_all()
    day = 86400
    ci.service.clock.advance(6.5 * day)
    build = task_id(OWN, "build-linux64-shippable/opt")
    err = refused(ci, given("promote", OWN), "late")
    assert f"of task `{build}`, reused as `build-linux64-shippable/opt`, expires at " in err
    assert "may have run" in err
    ci.service.clock.advance(1.5 * day)
    err = refused(ci, given("promote", OWN), "later")
    assert f"of task `{build}`, reused as `build-linux64-shippable/opt`, expired at " in err
    assert "add its kind to `rebuild_kinds`, or use other graphs" in err
