"""`actions.json`: what it offers, and what tasks its hooks make."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import attrs
import jsone
import jsonschema_rs
import pytest

from relpro import schemas
from relpro.actions.actions_json import read_template, render_actions
from relpro.actions.every import ACTIONS, action_named, actions_for
from relpro.errors import RelproError
from relpro.project import Project
from relpro.verify.bodies import check_body
from tests.actions.events import render_action
from tests.actions.requests import PROMOTE
from tests.actions.small_project import DECISION, PROMOTION, push_of, write_project


def _closed(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in properties if name not in optional],
        "properties": properties,
    }


def _texts(*names: str) -> dict[str, Any]:
    return {name: {"type": "string"} for name in names}


#: What deployments accept for the hooks of a trust domain: closed at every level.
_ACTION = _closed(_texts("name", "title", "description", "taskGroupId", "cb_name", "symbol"))
_PUSH = _closed(
    _texts("owner", "revision", "pushlog_id", "base_revision", "branch", "base_branch"),
    optional=("base_revision", "branch", "base_branch"),
)
_REPOSITORY = _closed({**_texts("project", "level"), "url": {"type": "string", "pattern": "[^/]$"}})
TRIGGER = _closed(
    {
        "decision": _closed({"action": _ACTION, "push": _PUSH, "repository": _REPOSITORY}),
        "user": _closed(
            {"input": {}, "taskId": {"type": ["string", "null"]}, "taskGroupId": {"type": "string"}}
        ),
    }
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path / "app")


@pytest.fixture
def offered(project: Project) -> dict[str, Any]:
    return offered_on(project)


def offered_on(of: Project, name: str = "main") -> dict[str, Any]:
    return render_actions(
        actions_for(of.config),
        push_of(of, project=name).parameters,
        of.config,
        template=read_template(of.root),
        task_group_id=DECISION,
    )


def entry(offered: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [
        one
        for one in offered["actions"]
        if one["hookPayload"]["decision"]["action"]["cb_name"] == name
    ]
    assert isinstance(found, dict)
    return found


def test_fits_the_schema_that_its_readers_know(offered: dict[str, Any]) -> None:
    assert list(schemas.problems("taskcluster/actions/action-schema-v1.json", offered)) == []


def test_offers_every_action_in_the_order_that_people_see(offered: dict[str, Any]) -> None:
    assert [one["name"] for one in offered["actions"]] == [
        *("rerun", "retrigger", "retrigger", "cancel", "cancel-all", "release-promotion"),
        *("rebuild-cached-tasks", "add-new-tasks"),
    ]


def test_every_callback_name_is_there_once(offered: dict[str, Any]) -> None:
    names = [one["hookPayload"]["decision"]["action"]["cb_name"] for one in offered["actions"]]
    assert len(set(names)) == len(names)


def test_hooks_are_named_after_level_permission_and_template(
    project: Project, offered: dict[str, Any]
) -> None:
    digest = hashlib.sha256((project.root / ".taskcluster.yml").read_bytes()).hexdigest()[:10]
    promotion = entry(offered, "release-promotion")
    assert promotion["hookGroupId"] == "project-gecko"
    assert promotion["hookId"] == f"in-tree-action-3-release-promotion/{digest}"
    assert entry(offered, "cancel")["hookId"] == f"in-tree-action-3-generic/{digest}"


def test_actions_on_tasks_say_so_and_others_are_asked_of_the_group(
    offered: dict[str, Any],
) -> None:
    of_tasks = [one["name"] for one in offered["actions"] if one["context"]]
    assert of_tasks == ["rerun", "retrigger", "retrigger", "cancel"]
    contexts = [one["context"] for one in offered["actions"] if one["name"] == "retrigger"]
    assert contexts == [[{"retrigger": "true"}], [{"retrigger": "false"}]]


def test_the_flavors_are_those_of_the_configuration(offered: dict[str, Any]) -> None:
    field = entry(offered, "release-promotion")["schema"]["properties"]["release_promotion_flavor"]
    assert field["enum"] == [
        *("promote_app", "promote_app_partner_repack", "promote_app_rc", "promote_other"),
        *("push_app", "ship_app", "ship_app_rc"),
    ]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.cb_name)
def test_the_hook_accepts_what_is_sent_and_makes_a_task(
    offered: dict[str, Any], action: Any
) -> None:
    given = PROMOTE if action.name == "release-promotion" else {}
    found = entry(offered, action.cb_name)
    task = render_action(found, given, own=PROMOTION, group=DECISION)
    body = {key: value for key, value in task.items() if key != "taskId"}
    assert list(check_body("docker-worker", body)) == []
    assert body["taskGroupId"] == DECISION
    assert body["extra"]["parent"] == DECISION
    assert body["payload"]["env"]["ACTION_CALLBACK"] == action.cb_name
    assert json.loads(body["payload"]["env"]["ACTION_INPUT"]) == given
    assert "relpro action" in body["payload"]["command"][2]


def test_what_is_sent_fits_the_trigger_schema_of_hooks(offered: dict[str, Any]) -> None:
    import jsone

    for one in offered["actions"]:
        user = {"input": PROMOTE, "taskId": None, "taskGroupId": DECISION}
        payload = jsone.render(one["hookPayload"], user)
        jsonschema_rs.validate(TRIGGER, payload)


def test_the_promotion_runs_with_scopes_of_its_own(offered: dict[str, Any]) -> None:
    task = render_action(
        entry(offered, "release-promotion"), PROMOTE, own=PROMOTION, group=DECISION
    )
    assert task["scopes"] == ["assume:repo:github.com/example/app:action:release-promotion"]
    assert task["extra"]["treeherder"]["symbol"] == "promote_app"


def configured(project: Project, actions: str) -> Project:
    """The same project with `actions` in its configuration."""
    path = project.root / "kinds" / "config.yml"
    path.write_text(
        f"{path.read_text()}project-aliases: {{release: [main]}}\nactions:\n  {actions}\n"
    )
    return Project(project.root)


def test_a_configured_action_is_offered_by_the_projects_that_it_names(project: Project) -> None:
    limited = configured(project, "release-promotion: {projects: [release, try]}")
    for name, offers in (("main", True), ("try", True), ("release", True), ("other", False)):
        names = [one["name"] for one in offered_on(limited, name)["actions"]]
        assert ("release-promotion" in names) is offers, name
        assert "rerun" in names


def test_an_action_is_refused_where_it_is_not_offered(project: Project) -> None:
    limited = configured(project, "release-promotion: {projects: [release]}")
    assert action_named("release-promotion", limited.config, "main").name == "release-promotion"
    with pytest.raises(RelproError, match="project `try` does not offer action") as error:
        action_named("release-promotion", limited.config, "try")
    (problem,) = error.value.diagnostics
    assert problem.why == "`projects` of the action names release"


def test_a_configured_action_runs_with_the_permission_that_is_said(project: Project) -> None:
    said = configured(project, "cancel: {permission: stop, description: Stop it.}")
    found = entry(offered_on(said), "cancel")
    assert found["hookId"].startswith("in-tree-action-3-stop/")
    assert found["description"] == "Stop it."
    assert found["hookPayload"]["decision"]["action"]["description"] == "Stop it."


def test_settings_of_an_action_that_does_not_exist_are_refused(project: Project) -> None:
    said = configured(project, "releas-promotion: {projects: [main]}")
    with pytest.raises(RelproError, match="did you mean `release-promotion`") as error:
        actions_for(said.config)
    (problem,) = error.value.diagnostics
    assert (problem.code, problem.where[0].file) == ("K211", "kinds/config.yml")


def test_a_project_without_the_template_is_told(project: Project) -> None:
    (project.root / ".taskcluster.yml").unlink()
    with pytest.raises(RelproError, match=r"no `\.taskcluster\.yml`"):
        read_template(project.root)


def test_a_project_in_a_folder_has_the_template_of_its_repository(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "app").mkdir()
    (tmp_path / ".taskcluster.yml").write_text("version: 1\n")
    assert read_template(tmp_path / "app") == b"version: 1\n"
    (tmp_path / "app" / ".taskcluster.yml").write_text("version: 2\n")
    assert read_template(tmp_path / "app") == b"version: 2\n"


HOSTILE = ["x${1+1}", "$${a}", "${", "$$$${b}", "${'", "$eval", "'\"\\", "\u202e`x`", "${taskId}"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    ("parameter", "place"),
    [
        ("head_ref", ("push", "branch")),
        ("base_ref", ("push", "base_branch")),
        ("base_rev", ("push", "base_revision")),
        ("head_rev", ("push", "revision")),
        ("owner", ("push", "owner")),
        ("pushlog_id", ("push", "pushlog_id")),
        ("head_repository", ("repository", "url")),
        ("project", ("repository", "project")),
    ],
)
def test_what_a_push_calls_itself_is_sent_as_it_is(
    project: Project, parameter: str, place: tuple[str, str], text: str
) -> None:
    said = f"a@{text}" if parameter == "owner" else text
    parameters = push_of(project).parameters
    changed = attrs.evolve(parameters, values={**parameters.values, parameter: said})
    offered = render_actions(
        actions_for(project.config),
        changed,
        project.config,
        template=read_template(project.root),
        task_group_id=DECISION,
    )
    sent = jsone.render(
        entry(offered, "cancel")["hookPayload"], {"input": {}, "taskId": None, "taskGroupId": "G"}
    )
    assert sent["decision"][place[0]][place[1]] == said


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_project_calls_an_action_is_sent_as_it_is(project: Project, text: str) -> None:
    (cancel,) = [one for one in ACTIONS if one.name == "cancel"]
    offered = render_actions(
        [attrs.evolve(cancel, title=text, description=text)],
        push_of(project).parameters,
        project.config,
        template=read_template(project.root),
        task_group_id=DECISION,
    )
    sent = jsone.render(
        entry(offered, "cancel")["hookPayload"], {"input": {}, "taskId": None, "taskGroupId": "G"}
    )
    assert {sent["decision"]["action"][name] for name in ("title", "description")} == {text}


def test_nothing_is_offered_where_no_hook_may_run_it(project: Project) -> None:
    config = project.root / "kinds" / "config.yml"
    repository = "https://github.com/example/app"
    config.write_text(
        config.read_text()
        + f"projects:\n  main: {{level: '3', repositories: ['{repository}'], branches: [main]}}\n"
    )
    of = Project(project.root)
    fork = {"head_repository": "https://github.com/me/app"}
    for changes, some in (({}, True), ({"level": "1"}, False), (fork, False)):
        offered = render_actions(
            actions_for(of.config),
            push_of(of, **changes).parameters,
            of.config,
            template=read_template(of.root),
            task_group_id=DECISION,
        )
        assert bool(offered["actions"]) is some
