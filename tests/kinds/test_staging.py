"""A staging release: a push to try says what it is, and builds what its branch would build."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from relpro.decision import Event, decision_parameters
from relpro.errors import RelproError
from relpro.model.parameters import Parameters
from relpro.project import Project
from relpro.testing.pipelines import MakePipeline

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
