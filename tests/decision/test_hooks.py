"""Every action as a person triggers it: by the hook that `relpro hooks` prints."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsone
import orjson
import pytest
import taskcluster
from taskcluster.exceptions import TaskclusterRestFailure

from relpro.actions.every import ACTIONS
from relpro.embedded import EmbeddedTaskcluster, Worker
from relpro.embedded.clock import to_text
from relpro.graph.taskids import task_id
from tests.actions.events import OWN, PROJECTS, REPOSITORY, render_action
from tests.actions.requests import HISTORY, PARTNERS, PROMOTE
from tests.actions.small_project import write_project
from tests.cli.conftest import Ran, Run
from tests.cli.groups import use
from tests.decision.ci import Ci, answers

#: What the role of a level-3 repository may do with actions (docs/how-to/run-in-ci.md).
MAY = [
    "queue:create-task:highest:built-in/succeed",
    "queue:create-task:highest:gecko-3/*",
    "queue:create-task:project:none",
    "queue:scheduler-id:gecko-level-3",
    "queue:route:checks",
    "queue:route:index.gecko.v2.mozilla-central.*",
    "queue:route:tc-treeherder.*",
    "queue:cancel-task:gecko-level-3/*",
    "queue:rerun-task:gecko-level-3/*",
    "queue:schedule-task:gecko-level-3/*",
    "queue:seal-task-group:gecko-level-3/*",
    "queue:cancel-task-group:gecko-level-3/*",
]


#: Roles of people, and the permissions of actions that they may trigger.
ENGINEERS = "project:gecko:release-engineers"
PEOPLE = {"project:gecko:people": ["generic"], ENGINEERS: ["generic", "release-promotion"]}


@pytest.fixture
def ci(
    tmp_path: Path, service: EmbeddedTaskcluster, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> Ci:
    answers(tmp_path, HISTORY, PARTNERS)
    project = write_project(tmp_path / "app")
    config = project.root / "kinds" / "config.yml"
    config.write_text(config.read_text() + PROJECTS)
    builds = project.root / "kinds" / "build" / "build.yml"
    windows = "description: Compile for Windows"
    text = builds.read_text()
    builds.write_text(text.replace(windows, f"{windows}\n    attributes: {{cached-task: x}}"))
    ci = Ci(type(project)(project.root), service, relpro, monkeypatch, tmp_path)
    assert ci.push().code == 0
    _install(ci)
    return ci


def _install(ci: Ci) -> None:
    """Install what `relpro hooks` prints, as an administrator does."""
    ran = ci.relpro("hooks", "--root", str(ci.project.root))
    assert ran.code == 0, ran.err
    made = orjson.loads(ran.out)
    root = ci.service.options()
    for hook in made["hooks"]:
        names = hook.pop("hookGroupId"), hook.pop("hookId")
        taskcluster.Hooks(root).createHook(*names, hook)
    auth = taskcluster.Auth(root)
    for role in made["roles"]:
        auth.createRole(role.pop("roleId"), role)
    for name, permissions in PEOPLE.items():
        scopes = [
            f"hooks:trigger-hook:project-gecko/in-tree-action-3-{one}/*" for one in permissions
        ]
        auth.createRole(name, {"description": "People.", "scopes": scopes})
    path = REPOSITORY.removeprefix("https://")
    for permission in {action.permission for action in ACTIONS}:
        role = f"repo:{path}:action:{permission}"
        auth.createRole(role, {"description": "Actions of a repository.", "scopes": MAY})


def _entry(offered: Any, callback: str) -> Any:
    (entry,) = [
        one for one in offered if one["hookPayload"]["decision"]["action"]["cb_name"] == callback
    ]
    return entry


def _payload(
    ci: Ci, name: str, given: Any, task: str | None, group: str = OWN
) -> tuple[tuple[str, str], Any]:
    """The hook of an action and what to send it, as readers of actions.json make it (version 1)."""
    offered = orjson.loads(ci.artifact(OWN, "public/actions.json"))["actions"]
    entry = _entry(offered, name)
    context = {"input": given, "taskId": task, "taskGroupId": group}
    hook = entry["hookGroupId"], entry["hookId"]
    return hook, jsone.render(entry["hookPayload"], context)


def _trigger(
    ci: Ci, name: str, given: Any, task: str | None, role: str = ENGINEERS, group: str = OWN
) -> str:
    """Trigger an action as somebody who has a role; give the id of its task."""
    hook, payload = _payload(ci, name, given, task, group)
    person = taskcluster.Hooks(ci.service.options(f"assume:{role}"))
    task_id: str = person.triggerHook(*hook, payload)["status"]["taskId"]
    return task_id


def _run(ci: Ci, own: str) -> Ran:
    """Claim the task of an action and run its command, with its variables and its scopes alone."""
    body = ci.service.task(own)
    worker = Worker(ci.service.root_url, ci.service.root_credentials, body["taskQueueId"])
    (claim,) = worker.claim(1)
    assert claim["status"]["taskId"] == own
    # A worker's proxy has the task's scopes, and may create artifacts of this run.
    run = f"{own}/{claim['runId']}"
    with ci.monkeypatch.context():
        use(ci.monkeypatch, ci.service, *body["scopes"], f"queue:create-artifact:{run}")
        ran = ci._with_environment(body["payload"]["env"], own, "action", ci.folder / own)
    worker.resolve(claim, "completed" if ran.code == 0 else "failed")
    return ran


def _ids(ci: Ci) -> dict[str, str]:
    return {task["metadata"]["name"]: key for key, task in ci.service.tasks().items()}


def _came_of(ci: Ci, own: str) -> set[str]:
    """What became of an action: label and state of its children and of the push's tasks."""
    states = ci.service.states()
    return {
        f"{'new ' if task['extra'].get('parent') == own else ''}{name}: {states[key]}"
        for key, task in ci.service.tasks().items()
        if key not in (own, OWN)
        for name in [task["metadata"]["name"]]
    }


DONE = {"build-linux64: completed", "build-win64: completed"}
WAITING = {"build-linux64: pending", "build-win64: pending"}

#: Action -> whether the push has completed before, what is asked of which task, what comes of it.
FLOWS: Mapping[str, tuple[bool, Any, str | None, set[str]]] = {
    "rerun": (True, {"force": True}, "build-win64", {*DONE, "build-win64: pending"}),
    "retrigger": (True, {}, "build-linux64", {*DONE, "new build-linux64: pending"}),
    "retrigger-disabled": (
        True,
        {"force": True},
        "build-linux64",
        {*DONE, "new build-linux64: pending"},
    ),
    "cancel": (False, {}, "build-linux64", {*WAITING, "build-linux64: exception"}),
    "cancel-all": (False, {}, None, {"build-linux64: exception", "build-win64: exception"}),
    "rebuild-cached-tasks": (True, {}, None, {*DONE, "new build-win64: pending"}),
    "release-promotion": (
        True,
        {**PROMOTE, "previous_graph_ids": [OWN]},
        None,
        {*DONE, "new publish-linux64: pending", "new publish-win64: pending"},
    ),
    "add-new-tasks": (
        True,
        {"tasks": ["publish-linux64"]},
        None,
        {*DONE, "new publish-linux64: pending"},
    ),
}


@pytest.mark.parametrize("name", FLOWS)
def test_an_action_goes_from_its_hook_to_its_group(ci: Ci, name: str) -> None:
    completed, given, label, outcome = FLOWS[name]
    if completed:
        ci.work()
    own = _trigger(ci, name, given, _ids(ci)[label] if label else None)
    ran = _run(ci, own)
    assert ran.code == 0, ran.err
    task = ci.service.task(own)
    assert task["taskGroupId"] == task["extra"]["parent"] == OWN
    found = _came_of(ci, own)
    changed = {line.split(":")[0] for line in outcome if line not in DONE | WAITING}
    assert {line for line in found if line.split(":")[0] in changed} == outcome - DONE - WAITING


def test_every_action_has_a_flow() -> None:
    assert FLOWS.keys() == {action.cb_name for action in ACTIONS}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: str(action.cb_name))
def test_the_task_of_a_hook_is_what_chain_of_trust_makes_again(ci: Ci, action: Any) -> None:
    given = PROMOTE if action.name == "release-promotion" else {}
    own = _trigger(ci, action.cb_name, given, None)
    task = ci.service.task(own)
    offered = orjson.loads(ci.artifact(OWN, "public/actions.json"))["actions"]
    entry = _entry(offered, action.cb_name)
    again = render_action(
        entry, given, own=own, group=OWN, now=task["created"], client=_client(task)
    )
    assert "taskId" not in again
    dropped = ("taskQueueId", "projectId", "dependencies", "provisionerId", "workerType")
    made = {key: value for key, value in task.items() if key not in dropped}
    wanted = {key: value for key, value in again.items() if key not in dropped}
    assert made == wanted


def _client(task: Mapping[str, Any]) -> str:
    client: str = task["extra"]["action"]["context"]["clientId"]
    return client


def test_who_may_trigger_another_permission_may_not_trigger_this_one(ci: Ci) -> None:
    with pytest.raises(TaskclusterRestFailure, match="InsufficientScopes"):
        _trigger(ci, "release-promotion", PROMOTE, None, "project:gecko:people")


@pytest.mark.parametrize(
    "change",
    [
        lambda payload: payload["decision"]["repository"].update(
            url="https://github.com/me/firefox"
        ),
        lambda payload: payload["decision"]["repository"].update(level="9"),
        lambda payload: payload["user"].update(more=1),
    ],
)
def test_what_the_role_or_the_schema_does_not_cover_makes_no_task(
    ci: Ci, change: Callable[[Any], None]
) -> None:
    hook, payload = _payload(ci, "release-promotion", PROMOTE, None)
    change(payload)
    before = len(ci.service.tasks())
    hooks = taskcluster.Hooks(ci.service.options())
    with pytest.raises(TaskclusterRestFailure):
        hooks.triggerHook(*hook, payload)
    assert len(ci.service.tasks()) == before


def _refused(ci: Ci, own: str) -> str:
    """Run an action that must create, cancel and run nothing; give what it says."""
    before = ci.service.states()
    ran = _run(ci, own)
    assert ran.code == 4, ran.err
    after = ci.service.states()
    del before[own], after[own]
    assert before == after
    return ran.err


def _created(ci: Ci, key: str, **changes: Any) -> str:
    """A task as somebody with other scopes has created it."""
    now = ci.service.clock.now()
    dates = {"created": now, "deadline": now + 3_600_000, "expires": now + 900_000_000}
    body = {
        "provisionerId": "gecko-1",
        "workerType": "decision",
        "schedulerId": "gecko-level-1",
        "taskGroupId": key,
        **{name: to_text(when) for name, when in dates.items()},
        "payload": {},
        "metadata": {
            "name": "Decision Task",
            "description": "of another project",
            "owner": "somebody@example.com",
            "source": "https://example.com/",
        },
        **changes,
    }
    taskcluster.Queue(ci.service.options()).createTask(key, body)
    return key


def test_a_graph_of_a_lower_level_is_refused_whatever_it_says_of_itself(ci: Ci) -> None:
    ci.work()
    forged = _created(ci, task_id(OWN, "forged"))
    _publish(ci, forged)  # says `level: '3'`, and whose project it is
    given = {**PROMOTE, "previous_graph_ids": [forged]}
    said = _refused(ci, _trigger(ci, "release-promotion", given, None))
    assert f"error[Q716]: task `{forged}` is of level 1, which is below 3" in said


#: What the task of an earlier graph is like, as the queue has it.
GENUINE: Mapping[str, Any] = {
    "provisionerId": "gecko-3",
    "schedulerId": "gecko-level-3",
    "scopes": [f"assume:repo:{REPOSITORY.removeprefix('https://')}:branch:main"],
}


@pytest.mark.parametrize(
    ("forged", "fact"),
    [
        ({"workerType": "b-linux"}, "its taskQueueId is `gecko-3/b-linux`"),
        ({"projectId": "mine"}, "its projectId is `mine`"),
        ({"name": "build-linux64"}, "its name is `build-linux64`"),
        ({"taskGroupId": task_id(OWN, "else")}, f"its task group is `{task_id(OWN, 'else')}`"),
        ({"scopes": []}, "not of repository `github.com/mozilla-firefox/firefox`"),
        ({"scopes": ["assume:repo:github.com/me/x:branch:main"]}, "`assume:repo:github.com/me/x"),
        ({"schedulerId": "other-level-3"}, "is of another trust domain"),
        ({}, ""),
    ],
)
def test_an_earlier_graph_is_what_the_queue_says(ci: Ci, forged: Any, fact: str) -> None:
    ci.work()
    name = forged.get("name", "Decision Task")
    body = {**GENUINE, **forged, "metadata": _metadata(name)}
    body.pop("name", None)
    parent = _created(ci, task_id(OWN, "parent"), **body)
    _publish(ci, parent)
    own = _trigger(ci, "release-promotion", {**PROMOTE, "previous_graph_ids": [parent]}, None)
    if not fact:
        assert _run(ci, own).code == 0
        return
    said = _refused(ci, own)
    assert f"error[Q716]: task `{parent}`" in said
    assert fact in said


def _publish(ci: Ci, parent: str, **changed: Any) -> None:
    """Run a task that publishes what the push did, but for the contents that are changed."""
    worker = Worker(
        ci.service.root_url, ci.service.root_credentials, ci.service.task(parent)["taskQueueId"]
    )
    (claim,) = worker.claim(1)
    for path in sorted((ci.folder / OWN).glob("*")):
        content = orjson.dumps(changed[path.stem]) if path.stem in changed else path.read_bytes()
        worker.upload(claim, f"public/{path.name}", content, "application/json")
    worker.resolve(claim, "completed")


def _metadata(name: str) -> Any:
    said = {"description": "d", "owner": "a@example.com", "source": "https://example.com/"}
    return {"name": name, **said}


def test_the_queue_is_asked_once_for_each_task(ci: Ci) -> None:
    ci.work()
    own = _trigger(ci, "release-promotion", {**PROMOTE, "previous_graph_ids": [OWN]}, None)
    before = len(ci.service.calls)
    assert _run(ci, own).code == 0
    asked = [call.method for call in ci.service.calls[before:]]
    # The action's task with its graph, the reused tasks, their group, and those that may be there.
    assert asked.count("tasks") == 4
    assert not {"task", "status"} & {*asked}


ELSE = task_id(OWN, "else")

#: What a build is like that the graph of a parent may have made.
BUILD: Mapping[str, Any] = {
    "provisionerId": "built-in",
    "workerType": "succeed",
    "schedulerId": "gecko-level-3",
    "metadata": _metadata("build-linux64"),
}


@pytest.mark.parametrize(
    ("forged", "fact"),
    [
        # A group has one scheduler: the queue sees to that.
        ({"schedulerId": "gecko-level-1", "taskGroupId": ELSE}, "is of level 1, which is below 3"),
        ({"schedulerId": "other-level-3", "taskGroupId": ELSE}, "is of another trust domain"),
        ({"provisionerId": "gecko-t"}, "ran in pool `gecko-t/succeed`, and would in `built-in/"),
        ({"metadata": _metadata("build-win64")}, "is called `build-win64`"),
        ({"taskGroupId": ELSE}, f"is of task group `{ELSE}`"),
        ({}, ""),
    ],
)
@pytest.mark.parametrize("name", ["release-promotion", "add-new-tasks"])
def test_a_task_that_is_reused_is_what_the_queue_says(
    ci: Ci, name: str, forged: Any, fact: str
) -> None:
    ci.work()
    parent = _created(
        ci, task_id(OWN, "parent"), **GENUINE, metadata=_metadata("Decision Task of a push")
    )
    body = {**BUILD, "taskGroupId": parent, "dependencies": [parent], **forged}
    if (group := body["taskGroupId"]) != parent:
        _created(ci, group, schedulerId=body["schedulerId"])
    build = _created(ci, task_id(OWN, "forged"), **body)
    made = orjson.loads((ci.folder / OWN / "label-to-taskid.json").read_bytes())
    _publish(ci, parent, **{"label-to-taskid": {**made, "build-linux64": build}})
    pool = ci.service.task(build)["taskQueueId"]
    worker = Worker(ci.service.root_url, ci.service.root_credentials, pool)
    worker.work_loop(lambda _: "completed")
    if name == "release-promotion":
        own = _trigger(ci, name, {**PROMOTE, "previous_graph_ids": [parent]}, None)
    else:
        own = _of_group(ci, parent, name, {"tasks": ["publish-linux64"]})
    if not fact:
        assert _run(ci, own).code == 0
        return
    said = _refused(ci, own)
    assert f"error[Q714]: task `{build}`, reused as `build-linux64`, {fact}" in said


def _of_group(ci: Ci, group: str, name: str, given: Any) -> str:
    """A task of an action in the group of another decision, as that one's hook would make it."""
    like = ci.service.task(_trigger(ci, name, given, None))
    key = task_id(group, "action")
    env = {**like["payload"]["env"], "ACTION_TASK_GROUP_ID": group}
    body = {
        "taskGroupId": group,
        "payload": {**like["payload"], "env": env},
        "metadata": like["metadata"],
        "scopes": like["scopes"],
        **{key: like[key] for key in ("provisionerId", "workerType", "schedulerId")},
    }
    worker = Worker(ci.service.root_url, ci.service.root_credentials, like["taskQueueId"])
    (claim,) = worker.claim(1)  # the one that was triggered, which is of the first group
    worker.resolve(claim, "completed")
    return _created(ci, key, **body)


def test_permission_of_another_repository_is_none(ci: Ci) -> None:
    ci.work()
    other = "assume:repo:github.com/me/firefox:action:release-promotion"
    own = _created(ci, task_id(OWN, "action"), **{**GENUINE, "scopes": [other]}, taskGroupId=OWN)
    template = ci.service.task(_trigger(ci, "cancel-all", {}, None))["payload"]["env"]
    given = orjson.dumps({**PROMOTE, "previous_graph_ids": [OWN]}).decode()
    env = {**template, "ACTION_CALLBACK": "release-promotion", "ACTION_INPUT": given}
    before = ci.service.states()
    ran = ci._with_environment(env, own, "action", ci.folder / own)
    assert ran.code == 4
    assert "permission for no action of repository `github.com/mozilla-firefox/firefox`" in ran.err
    assert "it has some of `github.com/me/firefox`" in ran.err
    assert ci.service.states() == before


@pytest.mark.parametrize("name", ["rerun", "cancel", "retrigger"])
def test_a_task_of_another_group_is_left_alone(ci: Ci, name: str) -> None:
    foreign = _created(ci, task_id(OWN, "foreign"))
    said = _refused(ci, _trigger(ci, name, {}, foreign))
    assert f"task `{foreign}` is of task group `{foreign}`, and not of `{OWN}`" in said


@pytest.mark.parametrize("name", ["cancel-all", "add-new-tasks", "rebuild-cached-tasks"])
def test_an_action_acts_on_the_group_of_its_decision_and_on_no_other(ci: Ci, name: str) -> None:
    foreign = _created(ci, task_id(OWN, "foreign"))
    given = {"tasks": ["publish-linux64"]} if name == "add-new-tasks" else {}
    own = _trigger(ci, name, given, None)
    with ci.monkeypatch.context():
        ci.monkeypatch.setattr(Ci, "_with_environment", _asked_of(foreign, Ci._with_environment))
        assert f"it was asked to act on `{foreign}`" in _refused(ci, own)


def _asked_of(group: str, run: Any) -> Any:
    def asked(self: Ci, env: Mapping[str, str], *words: Any) -> Ran:
        ran: Ran = run(self, {**env, "ACTION_TASK_GROUP_ID": group}, *words)
        return ran

    return asked


def test_an_action_is_of_the_level_of_its_task(ci: Ci) -> None:
    own = _trigger(ci, "cancel-all", {}, None)
    before = ci.service.states()
    body = ci.service.task(own)
    env = {**body["payload"]["env"], "GECKO_LEVEL": "1"}
    ran = ci._with_environment(env, own, "action", ci.folder / own)
    assert ran.code == 4
    assert "this action says it is of level 1, and its task is of level 3" in ran.err
    assert ci.service.states() == before


def test_who_triggers_cannot_name_another_group(ci: Ci) -> None:
    own = _trigger(ci, "cancel-all", {}, None, group=task_id(OWN, "foreign"))
    assert ci.service.task(own)["payload"]["env"]["ACTION_TASK_GROUP_ID"] == OWN


def test_a_task_with_another_permission_promotes_nothing(ci: Ci) -> None:
    ci.work()
    own = _trigger(ci, "cancel-all", {}, None)
    with ci.monkeypatch.context():
        ci.monkeypatch.setattr(Ci, "_with_environment", _as_promotion(Ci._with_environment))
        assert "this task may not run action `release-promotion`" in _refused(ci, own)


def _as_promotion(run: Any) -> Any:
    def asked(self: Ci, env: Mapping[str, str], *words: Any) -> Ran:
        given = orjson.dumps({**PROMOTE, "previous_graph_ids": [OWN]}).decode()
        changes = {"ACTION_CALLBACK": "release-promotion", "ACTION_INPUT": given}
        ran: Ran = run(self, {**env, **changes}, *words)
        return ran

    return asked


def test_what_waits_for_a_sign_off_cannot_be_cancelled_and_run_again(ci: Ci) -> None:
    queue = taskcluster.Queue(ci.service.options())
    gate = _created(
        ci,
        task_id(OWN, "gate"),
        taskGroupId=OWN,
        schedulerId="gecko-level-3",
        dependencies=[task_id(OWN, "gate")],
    )
    held = _created(
        ci, task_id(OWN, "held"), taskGroupId=OWN, schedulerId="gecko-level-3", dependencies=[gate]
    )
    for task in (gate, held):
        queue.cancelTask(task)
        said = _refused(ci, _trigger(ci, "rerun", {"force": True}, task))
        assert f"task `{task}` needs `{gate}`, not completed" in said


def test_a_level_has_no_hook_for_a_repository_with_branches_of_a_higher_one(ci: Ci) -> None:
    config = ci.project.root / "kinds" / "config.yml"
    config.write_text(
        config.read_text()
        + f"  try: {{level: '1', repositories: ['{REPOSITORY}', 'https://hg.mozilla.org/try']}}\n"
    )
    made = orjson.loads(ci.relpro("hooks", "--root", str(ci.project.root)).out)
    scopes = {role["roleId"]: role["scopes"] for role in made["roles"]}
    group = "hook-id:project-gecko/in-tree-action"
    path = REPOSITORY.removeprefix("https://")
    assert scopes[f"{group}-1-generic/*"] == ["assume:repo:hg.mozilla.org/try:action:generic"]
    assert scopes[f"{group}-3-generic/*"] == [f"assume:repo:{path}:action:generic"]
    assert {hook["hookId"].split("/")[0] for hook in made["hooks"]} == {
        f"in-tree-action-{level}-{permission}"
        for level in (1, 3)
        for permission in ("generic", "release-promotion")
    }


@pytest.mark.parametrize("level", ["1", "2"])
def test_hooks_that_no_repository_may_use_are_not_made(ci: Ci, level: str) -> None:
    ran = ci.relpro("hooks", "--root", str(ci.project.root), "--level", level)
    assert (ran.code, ran.out) == (2, "")
    assert "Q707" in ran.err
    assert f"no project of level {level} says" in ran.err


def test_hooks_of_a_template_that_trusts_more_are_not_made(ci: Ci) -> None:
    template = ci.project.root / ".taskcluster.yml"
    text = template.read_text()
    template.write_text(text.replace("{project: try, level: '1'}", "{project: try, level: '3'}"))
    ran = ci.relpro("hooks", "--root", str(ci.project.root))
    assert (ran.code, ran.out) == (2, "")
    assert "Q730" in ran.err


def test_a_sign_off_that_was_given_and_failed_may_be_run_again(ci: Ci) -> None:
    gate = _created(
        ci,
        task_id(OWN, "gate"),
        taskGroupId=OWN,
        schedulerId="gecko-level-3",
        dependencies=[task_id(OWN, "gate")],
    )
    taskcluster.Queue(ci.service.options()).scheduleTask(gate)
    worker = Worker(ci.service.root_url, ci.service.root_credentials, "gecko-1/decision")
    (claim,) = worker.claim(1)
    worker.resolve(claim, "failed")
    ran = _run(ci, _trigger(ci, "rerun", {}, gate))
    assert ran.code == 0, ran.err
    assert ci.service.states()[gate] == "pending"
