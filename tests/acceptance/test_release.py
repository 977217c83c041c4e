"""This project's own release, from push to ship, by its own command line."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml

from relpro.embedded import Clock, EmbeddedTaskcluster, Settings
from relpro.graph.taskids import task_id
from relpro.parameters.read import read_value
from tests.acceptance.checkout import Release, write_answers, write_checkout
from tests.acceptance.ci import Ci, Happened
from tests.acceptance.phases import PROMOTIONS, Phases, check_groups, check_index, check_reuse
from tests.actions.events import OWN

SMALL_INPUT = {
    "build_number": 1,
    "version": "155.0.2",
    "next_version": "155.0.3",
    "partial_updates": {"155.0.1": {"buildNumber": 2, "locales": ["de", "en-US"]}},
}


def states(ci: Ci, group: str) -> dict[str, set[str]]:
    """State -> the tasks of a group, without the task that makes it."""
    found: dict[str, set[str]] = {}
    for key, state in ci.service.states(group).items():
        if key != group:
            found.setdefault(state, set()).add(key)
    return found


def run(ci: Ci, inputs: dict[str, Any], ids: dict[str, str]) -> Phases:
    """Push, then every promotion, each after all tasks of the one before have completed."""
    decision, *_ = ids.values()
    ran = ci.push(decision)
    assert ran.code == 0, ran.err
    for phase in PROMOTIONS:
        ci.service.complete_all()
        ran = ci.act("release-promotion", inputs[phase], ids[phase], decision)
        assert ran.code == 0, ran.err
        # What is looked up is looked up once, when the release is promoted.
        ci.answers.unlink(missing_ok=True)
    ci.service.complete_all()
    return Phases(ci, ids)


@pytest.fixture
def small(ci: Ci) -> Phases:
    """A small release that went through all its phases."""
    ids = {"build": OWN, **{phase: task_id(OWN, phase) for phase in PROMOTIONS}}
    done = list(ids.values())
    inputs = {
        phase: {
            **SMALL_INPUT,
            "release_promotion_flavor": f"{phase}_firefox",
            # The decision task of a promotion that names no graphs is found by the index.
            **({"previous_graph_ids": done[:at]} if at > 1 else {}),
        }
        for at, phase in enumerate(PROMOTIONS, 1)
    }
    return run(ci, inputs, ids)


def test_a_release_goes_from_push_to_ship_and_makes_nothing_twice(small: Phases) -> None:
    check_reuse(small)
    check_groups(small)
    check_index(small)
    assert set(small.ci.service.states().values()) == {"completed"}
    assert {phase: len(small.made(phase)) for phase in small.groups} == {
        "build": 222,
        "promote": 202,
        "push": 7,
        "ship": 8,
    }
    assert "build-linux64-shippable/opt" in small.labels("build")
    assert "firefox-push-to-release" in small.labels("push")
    assert "release-balrog-scheduling-firefox" in small.labels("ship")


def test_dependents_start_one_after_the_other_and_none_before_its_group_is_made(ci: Ci) -> None:
    assert ci.push().code == 0
    made = ci.service.tasks(OWN)
    first = {key for key, task in made.items() if task["dependencies"] == [OWN]}
    waiting = {key for key in made if key not in first} - {OWN}
    assert states(ci, OWN) == {"pending": first, "unscheduled": waiting}
    done = set(ci.service.complete_pending())
    assert done == first
    ready = {key for key in waiting if set(made[key]["dependencies"]) <= {OWN, *done}}
    assert ready
    assert states(ci, OWN)["pending"] == ready


def test_a_promotion_that_meets_a_failed_build_creates_nothing(ci: Ci) -> None:
    assert ci.push().code == 0
    ci.service.complete_all(
        outcome=lambda _key, task: "failed" if task["metadata"]["name"] == BROKEN else "completed"
    )
    promote = task_id(OWN, "promote")
    given = {**SMALL_INPUT, "release_promotion_flavor": "promote_firefox"}
    ran = ci.act("release-promotion", given, promote)
    assert ran.code == 4
    assert "`build-signing-win64-shippable/opt`, is failed" in ran.err.replace(" reused as", "")
    assert ci.service.tasks(promote) == {}


#: A task of the push that promotions need.
BROKEN = "build-signing-win64-shippable/opt"

#: Recorded parameters that no release of this project depends on: those of other kinds of tasks,
#: and the tasks of kinds that it has not.
NOT_COMPARED = {"backstop", "existing_tasks", "test_manifest_loader", "try_task_config"}


@attrs.frozen
class Recorded:
    """A real release of full size, as it was recorded."""

    built: Mapping[str, Any]
    promoted: Mapping[str, Any]
    changesets: Mapping[str, Any]
    inputs: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Recorded":
        return cls(
            read_value(folder / "build" / "parameters.yml"),
            read_value(folder / "promote" / "parameters.yml"),
            read_value(folder / "l10n-changesets.json"),
            {phase: read_value(folder / phase / "input.yml") for phase in PROMOTIONS},
        )

    @property
    def ids(self) -> dict[str, str]:
        """The task ids that the real tasks had; what made the last phase is not recorded."""
        earlier = self.inputs["ship"]["previous_graph_ids"]
        return dict(zip(("build", *PROMOTIONS), (*earlier, task_id(OWN, "ship")), strict=True))

    @property
    def happened(self) -> Happened:
        """What the service that watches the pushlog really told of the push."""
        built = self.built
        repository = {
            "url": built["head_repository"],
            "project": built["project"],
            "level": built["level"],
            "type": "hg",
        }
        push = {
            "base_revision": built["head_rev"],
            "revision": built["head_rev"],
            "comment": " ",
            "owner": built["owner"],
            "pushlog_id": built["pushlog_id"],
            "pushdate": built["pushdate"],
        }
        own = self.ids["build"]
        return "hg-push", {"repository": repository, "push": push, "ownTaskId": own}


@pytest.fixture
def at_the_time() -> Iterator[EmbeddedTaskcluster]:
    """A Taskcluster in the hour after the push of the recorded release."""
    clock = Clock()
    clock.advance(datetime(2021, 9, 22, 17, tzinfo=UTC).timestamp() - clock.now() / 1000)
    with EmbeddedTaskcluster(clock=clock, settings=Settings.at_once(claim_wait=0)) as running:
        yield running


@pytest.mark.slow
def test_a_real_release_of_full_size_goes_from_push_to_ship(
    shared_data: Path, at_the_time: EmbeddedTaskcluster, tmp_path: Path
) -> None:
    recorded = Recorded.read(shared_data / "firefox-92.0.1")
    promoted = recorded.promoted
    release = Release(
        recorded.built["version"],
        recorded.changesets,
        promoted["release_history"],
        promoted["release_partner_config"],
    )
    ci = Ci(
        write_checkout(tmp_path / "checkout", release),
        at_the_time,
        tmp_path / "published",
        write_answers(tmp_path / "answers.json", release),
        happened=recorded.happened,
        params=("--param=hg_branch=default",),
    )
    ci.grant()
    phases = run(ci, dict(recorded.inputs), recorded.ids)
    check_reuse(phases)
    check_groups(phases)
    check_index(phases)
    assert set(ci.service.states().values()) == {"completed"}
    assert {phase: len(phases.made(phase)) for phase in phases.groups} == {
        "build": 149,
        "promote": 6568,
        "push": 15,
        "ship": 6,
    }
    check_parameters(phases, promoted)


def check_parameters(phases: Phases, recorded: Mapping[str, Any]) -> None:
    """Promoting computes what it really computed; what it looked up stays what it was."""
    group = phases.groups
    computed = {
        phase: yaml.load(phases.ci.artifact(group[phase], "parameters.yml"), yaml.CSafeLoader)
        for phase in PROMOTIONS
    }
    compared = recorded.keys() - NOT_COMPARED
    assert {name: computed["promote"].get(name) for name in compared} == {
        name: recorded[name] for name in compared
    }
    for phase in PROMOTIONS[1:]:
        for name in ("release_history", "release_partner_config"):
            assert computed[phase][name] == recorded[name]
