"""What a release engineer does with a release of this project: plan, apply, look, sign off."""

from pathlib import Path
from typing import Any

import pytest

from relpro.embedded import EmbeddedTaskcluster, Fault
from relpro.graph.taskids import task_id
from tests.acceptance.checkout import edit
from tests.acceptance.ci import Ci, ended
from tests.acceptance.crashes import kill_when_held
from tests.acceptance.phases import PROMOTIONS
from tests.acceptance.test_release import SMALL_INPUT
from tests.actions.events import OWN
from tests.actions.small_project import write_json

PROMOTE, PUSH, SHIP = (task_id(OWN, phase) for phase in PROMOTIONS)

#: A kind that is edited after a plan was made, and its task.
KIND = "kinds/promote/release-bouncer-sub.yml"
LABEL = "release-bouncer-sub-firefox"

GATES = """
release-promotion:
  sign-off-gates:
    - phase: push
      product: firefox
      roles: [relman, qa]
      before: [release-beetmover-push-to-release]
    - phase: ship
      product: firefox
      roles: [relman]
      before: [release-balrog-scheduling, release-bouncer-aliases]
"""
PUBLISHING = "firefox-push-to-release"


def given(phase: str, *previous: str) -> dict[str, Any]:
    """The input of a promotion."""
    return {
        **SMALL_INPUT,
        "release_promotion_flavor": f"{phase}_firefox",
        "previous_graph_ids": [OWN, *previous],
    }


def labelled(service: EmbeddedTaskcluster, group: str) -> dict[str, str]:
    """Label -> state of the tasks of a group."""
    states = service.states(group)
    return {task["metadata"]["name"]: states[key] for key, task in service.tasks(group).items()}


@pytest.fixture
def built(ci: Ci) -> Ci:
    """A release whose push is done."""
    assert ci.push().code == 0
    ci.service.complete_all()
    return ci


@pytest.fixture
def saved(built: Ci, tmp_path: Path) -> str:
    """A plan to promote that release, made on a desk, in a file."""
    path = str(tmp_path / "plan.json")
    asked = write_json(tmp_path / "input.json", given("promote"))
    ran = built.relpro(
        *("action", "release-promotion", "--dry-run", "--root", str(built.root)),
        *("--input", str(asked), "--answers", str(built.answers), "--output", path),
    )
    assert ran.code == 0, ran.err
    assert "create 202 tasks" in ran.out
    return path


def test_a_plan_is_refused_when_a_kind_was_edited_and_applied_when_not(
    built: Ci, saved: str
) -> None:
    edit(built.root, KIND, "'Enter {product-name}", "'Record {product-name}")
    before = built.service.tasks()
    ran = built.relpro("apply", saved, "--root", str(built.root))
    assert ran.code == 4
    for fact in (f"new task `{LABEL}`", f"file `{KIND}`"):
        assert f"error[Q708]: {fact} has changed, since the plan was made" in ran.err
    assert ran.err.count("error[") == 2
    assert built.service.tasks() == before

    edit(built.root, KIND, "'Record {product-name}", "'Enter {product-name}")
    ran = built.relpro("apply", saved, "--root", str(built.root))
    assert ran.code == 0, ran.err
    assert ran.out.endswith("202 tasks created, 0 there already\n")
    built.service.complete_all()
    assert set(built.service.states().values()) == {"completed"}


def test_an_apply_that_was_killed_is_completed_by_the_next_and_starts_only_then(
    built: Ci, saved: str
) -> None:
    service, words = built.service, ("apply", saved, "--root", str(built.root))
    before = service.tasks().keys()
    # The root of the task group is the first to be created.
    holding = Fault("hang-before", {"createTask"}, skip=100, seconds=600)
    kill_when_held(service, holding, lambda: built.spawn(*words))
    begun = {key: state for key, state in service.states().items() if key not in before}
    assert len(begun) == 100
    assert set(begun.values()) == {"unscheduled"}

    service.clock.advance(2 * 3600)
    ran = built.relpro(*words, "--now", built.now())
    assert ran.code == 0, ran.err
    assert ran.out.endswith("103 tasks created, 99 there already\n")
    service.complete_all()
    group = ran.out.split()[2]
    assert len(service.states(group)) == 203
    assert set(service.states(group).values()) == {"completed"}


def test_a_plan_of_a_push_is_refused_when_a_kind_was_edited(ci: Ci, tmp_path: Path) -> None:
    root, saved = str(ci.root), str(tmp_path / "plan.json")
    assert ci.push().code == 0
    parameters = str(ci.output(OWN) / "parameters.yml")
    ran = ci.relpro("plan", "--root", root, "-p", parameters, "-o", saved)
    assert "create 222 tasks" in ran.out
    edit(ci.root, "kinds/build/build.yml", "max-run-time: '{build-time}'", "max-run-time: 4")
    ran = ci.relpro("apply", saved, "--root", root)
    assert ran.code == 4
    assert "error[Q708]: new task `build-linux64-shippable/opt` has changed" in ran.err
    assert "error[Q708]: file `kinds/build/build.yml` has changed" in ran.err


def test_nothing_is_published_before_everybody_has_signed_off(ci: Ci) -> None:
    service = ci.service
    edit(ci.root, "kinds/config.yml", "\nrelease-promotion:\n", GATES)
    assert ci.push().code == 0
    done: list[str] = []
    for phase, own in (("promote", PROMOTE), ("push", PUSH)):
        service.complete_all()
        ran = ci.act("release-promotion", given(phase, *done), own)
        assert ran.code == 0, ran.err
        done.append(own)
    service.complete_all()
    states = labelled(service, PUSH)
    held = {label for label, state in states.items() if state == "unscheduled"}
    gates = {"signoff-firefox-push-qa", "signoff-firefox-push-relman"}
    assert {PUBLISHING, *gates} <= held

    told = ci.relpro("status", PUSH).out
    assert f"gate signoff-firefox-push-qa: waits for qa, holds {len(held - gates)} task" in told
    assert sign(ci, "qa", "qa").code == 0
    service.complete_all()
    assert labelled(service, PUSH)[PUBLISHING] == "unscheduled"
    refused = sign(ci, "relman", "qa")
    assert refused.code == 4
    assert "error[Q704]" in refused.err
    assert sign(ci, "relman", "relman").code == 0
    service.complete_all()
    assert set(labelled(service, PUSH).values()) == {"completed"}
    assert (
        "gate signoff-firefox-push-relman: relman has signed off" in ci.relpro("status", PUSH).out
    )

    assert ci.act("release-promotion", given("ship", *done), SHIP).code == 0
    service.complete_all()
    waiting = [label for label, state in labelled(service, SHIP).items() if state == "unscheduled"]
    assert "release-balrog-scheduling-firefox" in waiting
    assert "signoff-firefox-ship-relman" in waiting


def sign(ci: Ci, gate: str, role: str) -> Any:
    """Sign off a gate of the push as somebody who has a role, and nothing else."""
    who = ci.service.environment(f"queue:schedule-task-in-project:signoff/{role}")
    return ended(ci.spawn("sign-off", PUSH, "--role", gate, **who))
