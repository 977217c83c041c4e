"""A staging release: a push to try says what it is, and builds what its branch would build."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from relpro.actions.every import action_named
from relpro.actions.look_ups import Question
from relpro.decision import Event, decision_parameters
from relpro.errors import RelproError
from relpro.model.parameters import Parameters
from relpro.pipeline import Pipeline
from relpro.plan.carry_out import prepare
from relpro.project import Project
from relpro.testing.pipelines import MakePipeline
from tests.actions.requests import asked
from tests.actions.small_project import DECISION

ROOT = Path(__file__).parents[2]
#: As `mach try release` writes it.
ASKED: dict[str, Any] = {
    "version": 2,
    "parameters": {
        "target_tasks_method": "staging_release_builds",
        "optimize_target_tasks": True,
        "release_type": "beta",
    },
}
EVENT = {
    "head_repository": "https://hg.mozilla.org/try",
    "head_rev": "a" * 40,
    "level": "1",
    "owner": "releases@example.com",
    "project": "try",
    "pushdate": "1750000000",
    "repository_type": "hg",
    "tasks_for": "hg-push",
}


def decided(root: Path, asked: Any, **event: str) -> Parameters:
    shutil.copytree(ROOT / "kinds", root / "kinds")
    (root / "try_task_config.json").write_text(json.dumps(asked), encoding="utf-8")
    return decision_parameters(Project(root), Event({**EVENT, **event}), listed=lambda _: ())


def test_a_push_to_try_says_what_it_releases(tmp_path: Path) -> None:
    parameters = decided(tmp_path, ASKED)
    said = {name: parameters[name] for name in ASKED["parameters"]}
    assert said == ASKED["parameters"]
    assert (parameters["try_mode"], parameters["try_task_config"]) == ("try_task_config", ASKED)


def test_no_other_project_is_asked_by_a_file_of_its_tree(tmp_path: Path) -> None:
    parameters = decided(tmp_path, ASKED, project="someones-fork")
    assert (parameters["target_tasks_method"], parameters["release_type"]) == ("default", "nightly")


def test_a_push_that_names_tasks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RelproError, match="tasks cannot be selected by name"):
        decided(tmp_path, {"version": 1, "tasks": ["build-linux64-shippable/opt"]})


@pytest.mark.parametrize(
    ("release_type", "branch"), [("beta", "mozilla-beta"), ("esr140", "mozilla-esr140")]
)
def test_a_simulation_runs_what_the_branch_runs(
    release_type: str, branch: str, relpro_pipeline: MakePipeline
) -> None:
    def made(**said: Any) -> set[str]:
        return {
            label
            for label in relpro_pipeline(
                "tests/graphs/staging/parameters.yml",
                version="140.1.0esr" if "esr" in branch else "141.0b2",
                **said,
            ).target.labels
            # Test keys are not notarized.
            if "notarization" not in label
        }

    simulated = made(release_type=release_type, target_tasks_method="release_simulation")
    usual = made(
        project=branch,
        level="3",
        release_type=release_type,
        target_tasks_method=f"mozilla_{release_type.rstrip('0123456789')}_tasks",
    )
    assert simulated == usual
    shippable = made(release_type=release_type, target_tasks_method="staging_release_builds")
    assert shippable < simulated


class Remembering:
    """Look-ups that find nothing, and keep the questions."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Mapping[str, Any]:
        self.asked.append(question)
        return {}


def test_a_promotion_asks_the_update_server_for_tests(
    relpro_pipeline: MakePipeline, tmp_path: Path
) -> None:
    said: dict[str, Any] = {
        "version": "140.0b2",
        "app_version": "140.0",
        "release_product": None,
    }
    push = relpro_pipeline(
        "tests/graphs/staging/parameters.yml",
        target_tasks_method="nothing",
        kinds=("maybe-release",),
        **said,
    )
    project, look_ups = relpro_pipeline.project, Remembering()
    decision = Pipeline(project, push.given, push.goal, DECISION)
    prepare(decision, tmp_path / "recorded" / DECISION / "public", None)
    given = {
        "release_promotion_flavor": "promote_firefox",
        "build_number": 1,
        "version": "140.0b2",
        "previous_graph_ids": [DECISION],
        "partial_updates": {"140.0b1": {"buildNumber": 1, "locales": ["de"]}},
    }
    request = asked(project, tmp_path / "recorded", "release-promotion", given, look_ups=look_ups)
    with pytest.raises(RelproError, match="the release history lacks"):
        action_named("release-promotion", project.config).decide(request)
    (question,) = look_ups.asked
    assert question.settings["update-server"] == (
        "https://stage.balrog.nonprod.webservices.mozgcp.net"
    )
