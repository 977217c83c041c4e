"""Merge days: what the action may be asked for, and what its tasks change."""

from pathlib import Path
from typing import Any

import pytest

from relpro.actions.action import Generate
from relpro.actions.every import action_named
from relpro.errors import RelproError
from relpro.pipeline import Pipeline
from relpro.plan.carry_out import prepare
from relpro.project import Project
from relpro.testing.pipelines import MakePipeline
from tests.actions.requests import asked
from tests.actions.small_project import DECISION

ROOT = Path(__file__).parents[2]
NIGHTLY = "tests/graphs/nightly/parameters.yml"
#: Behavior -> the repository that it changes, and the branch.
CHANGED = {
    "bump-main": ("firefox-main", "main"),
    "bump-esr153": ("firefox-esr153", "esr153"),
    "main-to-beta": ("firefox-beta", "beta"),
    "beta-to-release": ("firefox-release", "release"),
    "release-to-esr": ("firefox-esr153", "esr153"),
}


@pytest.fixture
def merge(relpro_pipeline: MakePipeline, tmp_path: Path) -> Any:
    """Gives the pipeline of an input of the action, on the push that the nightly is made of."""
    project = relpro_pipeline.project
    push = relpro_pipeline(NIGHTLY, target_tasks_method="nothing", kinds=("merge-automation",))
    made = Pipeline(project, push.given, push.goal, DECISION)
    prepare(made, tmp_path / "recorded" / DECISION / "public", None)

    def generated(given: dict[str, Any], **changes: Any) -> Pipeline:
        work = action_named("merge-automation", project.config).decide(
            asked(project, tmp_path / "recorded", "merge-automation", given)
        )
        assert isinstance(work, Generate)
        said = work.pipeline.parameters.values
        return relpro_pipeline({**said, **changes}, kinds=("mark-as-merged",))

    return generated


def test_each_behavior_changes_its_branch(merge: Any) -> None:
    schema = action_named("merge-automation", Project(ROOT).config).schema(Project(ROOT).config)
    assert schema is not None
    assert schema["properties"]["behavior"]["enum"] == list(CHANGED)
    for behavior, (repository, branch) in CHANGED.items():
        (task,) = merge({"behavior": behavior, "force-dry-run": False}).morphed.graph
        payload = task.definition["payload"]
        assert (payload["lando_repo"], payload["merge_info"]["to_branch"]) == (repository, branch)
        assert task.definition["scopes"] == [
            "project:releng:lando:action:merge_day",
            f"project:releng:lando:repo:{repository}",
        ]
        assert f"{repository}/{branch}" in {place.key for place in task.effects.writes}


def test_a_merge_is_a_dry_run_until_it_is_asked_for(merge: Any) -> None:
    (task,) = merge({"behavior": "main-to-beta"}).morphed.graph
    assert task.definition["payload"]["dry_run"] is True
    assert not task.effects.writes


def test_what_is_asked_besides_is_handed_on(merge: Any) -> None:
    given = {"behavior": "main-to-beta", "from-revision": "b" * 40, "update-clobber-file": False}
    (task,) = merge(given).morphed.graph
    info = task.definition["payload"]["merge_info"]
    assert (info["from_revision"], info["update_clobber_file"]) == ("b" * 40, False)
    assert info["end_tag"] == "FIREFOX_BETA_{major_version}_END"
    bumped = {one["platform_configs"][0]["path"] for one in info["l10n_bump_info"]}
    assert bumped == {"browser/locales/shipped-locales", "mobile/android/locales/all-locales"}


def test_ship_it_is_told_of_a_merge_that_it_asked_for(merge: Any) -> None:
    graph = merge({"behavior": "bump-main", "merge-automation-id": 7}).morphed.graph
    told = graph["mark-as-merged"]
    assert told.definition["payload"] == {"automation_id": 7}
    assert list(told.dependencies.values()) == ["merge-bump-main"]


def test_from_try_only_staging_repositories_are_changed(merge: Any) -> None:
    said = {"behavior": "bump-main", "force-dry-run": False}
    (task,) = merge(said, project="try", level="1").morphed.graph
    assert task.definition["payload"]["lando_repo"] == "staging-firefox-main"


def test_an_unknown_behavior_is_refused(merge: Any) -> None:
    with pytest.raises(RelproError, match="behavior"):
        merge({"behavior": "main-to-release"})
