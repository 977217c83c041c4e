"""Actions on a task group and on its tasks: what each comes to."""

from pathlib import Path
from typing import Any

import pytest

from relpro.actions.action import Cancel, Generate, Rerun, Work
from relpro.actions.every import action_named
from relpro.errors import RelproError
from relpro.graph.taskids import task_id
from relpro.project import Project
from tests.actions.requests import asked
from tests.actions.small_project import (
    DECISION,
    PROMOTION,
    push_of,
    record,
    write_json,
    write_project,
)

BUILD = task_id(DECISION, "build-linux64")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path / "app")


@pytest.fixture
def recorded(tmp_path: Path, project: Project) -> Path:
    record(push_of(project), tmp_path / "recorded")
    return tmp_path / "recorded"


def comes_to(
    project: Project, recorded: Path, name: str, given: Any = None, task: str | None = None
) -> Work:
    request = asked(project, recorded, name, given, task_id=task)
    return action_named(name, request.config).decide(request)


def created(work: Work) -> tuple[str, ...]:
    assert isinstance(work, Generate)
    return work.pipeline.morphed.graph.labels


def state(recorded: Path, **states: str) -> None:
    ids = {"build": BUILD, "self": PROMOTION, "other": task_id(DECISION, "other")}
    statuses = {
        ids[name]: {"taskId": ids[name], "taskGroupId": DECISION, "state": value}
        for name, value in states.items()
    }
    write_json(recorded / "statuses.json", statuses)


def test_retrigger_makes_one_task_anew(project: Project, recorded: Path) -> None:
    work = comes_to(project, recorded, "retrigger", task=BUILD)
    assert created(work) == ("build-linux64",)


def test_retrigger_gives_the_copy_another_id(project: Project, recorded: Path) -> None:
    work = comes_to(project, recorded, "retrigger", task=BUILD)
    assert isinstance(work, Generate)
    assert work.pipeline.morphed.label_to_taskid["build-linux64"] == task_id(
        PROMOTION, "build-linux64"
    )


def test_retrigger_takes_along_what_waits_for_the_task(project: Project, recorded: Path) -> None:
    everything = push_of(project, target_tasks_method="ship_desktop", release_product="app")
    record(everything, recorded)
    with pytest.raises(RelproError, match="and 2 more would do a second time"):
        comes_to(project, recorded, "retrigger", {"downstream": True}, BUILD)
    forced = {"downstream": True, "force": True}
    work = comes_to(project, recorded, "retrigger-disabled", forced, BUILD)
    assert created(work) == ("build-linux64", "publish-linux64", "release-app", "announce-app")


def test_a_task_of_another_group_cannot_be_retriggered(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError, match="is none that"):
        comes_to(project, recorded, "retrigger", task=task_id("elsewhere", "build-linux64"))


def test_new_tasks_use_what_the_group_has(project: Project, recorded: Path) -> None:
    work = comes_to(project, recorded, "add-new-tasks", {"tasks": ["publish-win64"]})
    assert created(work) == ("publish-win64",)
    assert isinstance(work, Generate)
    assert (
        task_id(DECISION, "build-win64")
        in work.pipeline.morphed.body("publish-win64")["dependencies"]
    )


def test_new_tasks_bring_what_they_need(project: Project, recorded: Path) -> None:
    work = comes_to(project, recorded, "add-new-tasks", {"tasks": ["release-app"]})
    assert created(work) == ("publish-linux64", "release-app")


def test_an_unknown_label_is_told_with_the_one_that_was_meant(
    project: Project, recorded: Path
) -> None:
    with pytest.raises(RelproError, match="did you mean `publish-win64`"):
        comes_to(project, recorded, "add-new-tasks", {"tasks": ["publish-win46"]})


def test_a_group_without_cached_tasks_has_none_to_rebuild(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError, match="uses no cached task"):
        comes_to(project, recorded, "rebuild-cached-tasks")


def test_cached_tasks_are_made_anew(project: Project, recorded: Path) -> None:
    kind = project.root / "kinds" / "build" / "build.yml"
    kind.write_text(
        kind.read_text().replace(
            "description: Compile for Linux",
            "description: Compile for Linux\n    attributes: {cached-task: x}",
        )
    )
    changed = Project(project.root)
    record(push_of(changed), recorded)
    assert created(comes_to(changed, recorded, "rebuild-cached-tasks")) == ("build-linux64",)


@pytest.mark.parametrize("failed", ["failed", "exception"])
def test_a_failed_task_is_run_again(project: Project, recorded: Path, failed: str) -> None:
    state(recorded, build=failed)
    assert comes_to(project, recorded, "rerun", task=BUILD) == Rerun((BUILD,))


@pytest.mark.parametrize("unresolved", ["unscheduled", "pending", "running", "completed"])
def test_a_task_that_did_not_fail_is_not_run_again(
    project: Project, recorded: Path, unresolved: str
) -> None:
    state(recorded, build=unresolved)
    with pytest.raises(RelproError, match=f"is {unresolved}"):
        comes_to(project, recorded, "rerun", task=BUILD)


def test_a_completed_task_is_run_again_by_force(project: Project, recorded: Path) -> None:
    state(recorded, build="completed")
    assert comes_to(project, recorded, "rerun", {"force": True}, BUILD) == Rerun((BUILD,))


def test_a_task_that_does_not_exist_is_not_run_again(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError, match="no task has the id"):
        comes_to(project, recorded, "rerun", task=BUILD)


def test_one_task_is_cancelled(project: Project, recorded: Path) -> None:
    assert comes_to(project, recorded, "cancel", task=BUILD) == Cancel((BUILD,))


def test_everything_unresolved_is_cancelled_but_the_action_itself(
    project: Project, recorded: Path
) -> None:
    state(recorded, build="completed", self="running", other="pending")
    other = task_id(DECISION, "other")
    assert comes_to(project, recorded, "cancel-all") == Cancel((other,))


def test_a_group_without_tasks_is_told_not_cancelled(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError, match=f"task group `{DECISION}` has no tasks"):
        comes_to(project, recorded, "cancel-all")


@pytest.mark.parametrize("name", ["cancel", "rerun", "retrigger"])
def test_an_action_on_a_task_needs_one(project: Project, recorded: Path, name: str) -> None:
    with pytest.raises(RelproError, match="it is not said of which task"):
        comes_to(project, recorded, name)


@pytest.mark.parametrize("name", ["cancel-all", "add-new-tasks", "rebuild-cached-tasks"])
def test_an_action_on_a_group_needs_one(project: Project, recorded: Path, name: str) -> None:
    given = {"tasks": ["publish-win64"]} if name == "add-new-tasks" else None
    request = asked(project, recorded, name, given, task_group_id="")
    with pytest.raises(RelproError, match="it is not said of which task group"):
        action_named(name, request.config).decide(request)


def test_fields_of_an_input_are_texts(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError, match=r"K203.*key `1` must be text"):
        comes_to(project, recorded, "rerun", {1: 2}, BUILD)


def test_actions_without_input_refuse_one(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError, match="takes no input") as error:
        comes_to(project, recorded, "cancel-all", {"force": True})
    assert error.value.diagnostics[0].code == "Q709"


def test_an_unknown_action_is_told_with_the_one_that_was_meant(project: Project) -> None:
    with pytest.raises(RelproError, match="did you mean `retrigger`"):
        action_named("retriger", project.config)


def test_a_recorded_status_that_is_none_is_refused_at_its_line(
    project: Project, recorded: Path
) -> None:
    (recorded / "statuses.json").write_text(f'{{\n "{BUILD}": {{\n  "state": "done"}}}}')
    with pytest.raises(RelproError, match=r"Q706.*\.state` is `\"done\"`, not one of") as error:
        comes_to(project, recorded, "rerun", {}, BUILD)
    assert str(error.value.diagnostics[0].where[0]).endswith("statuses.json:3:3")
