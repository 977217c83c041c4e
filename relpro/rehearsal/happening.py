"""Takes actions of people and of a code host, lets Taskcluster make the resulting tasks.

A push is rendered with `.taskcluster.yml` like Taskcluster's integration with the host does; an
action is triggered through its hook, with the data that the decision task published.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs
import jsone
import orjson
import slugid
import taskcluster

from relpro.actions.every import actions_for
from relpro.actions.happenings import Happening, push_told
from relpro.actions.hooks import hooks
from relpro.actions.hooks import roles as hook_roles
from relpro.actions.template import first_entry, task_of
from relpro.embedded import EmbeddedTaskcluster
from relpro.errors import Diagnostic, RelproError
from relpro.grants.roles import roles
from relpro.rehearsal.plan import Plan
from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.submit.dates import to_text
from relpro.submit.queue import Queue

Json = Mapping[str, Any]

_ACTION = "release-promotion"
_SOMEBODY = "release@example.com"

#: The parent of a first commit, as GitHub gives it.
_NOTHING = "0" * 40


#: Role -> the body of auth API, createRole.
Roles = Mapping[str, Json]


def roles_of(plan: Plan, next_version: str) -> Roles:
    """The roles that tasks and hooks need and nothing more, as printed by `relpro scopes`.

    Raises `RelproError` if something cannot be generated.
    """
    config, project = plan.project.config, plan.project
    project.import_transforms()
    further = {"next_version": next_version}
    of_tasks = {
        role.name: {"description": "; ".join(role.about), "scopes": list(role.scopes)}
        for role in roles(project, plan.template, further, names=(plan.trusted.name,))
    }
    of_hooks = {
        said["roleId"]: {name: said[name] for name in ("description", "scopes")}
        for said in hook_roles(actions_for(config), config, (plan.trusted.level,))
    }
    return {**of_tasks, **of_hooks}


def grant(granted: Roles, service: EmbeddedTaskcluster) -> None:
    """Create the roles."""
    auth = taskcluster.Auth(service.options())
    for name, body in granted.items():
        auth.createRole(name, body)


def install_hooks(plan: Plan, service: EmbeddedTaskcluster) -> None:
    """Install the hooks of actions, which are named after `.taskcluster.yml`."""
    config, client = plan.project.config, taskcluster.Hooks(service.options())
    made = hooks(actions_for(config), config, template=plan.template, levels=(plan.trusted.level,))
    for hook in made:
        body = {name: said for name, said in hook.items() if not name.startswith("hook")}
        client.createHook(hook["hookGroupId"], hook["hookId"], body)


@attrs.frozen
class Push:
    """A push: its decision task, as made by `.taskcluster.yml`, and the event."""

    task_id: str
    task: Json
    about: Happening


def push(plan: Plan, root_url: str, revision: str, pushed: float) -> Push:
    """The result of pushing a revision; `pushed` is the time, in Unix seconds.

    Raises `RelproError`: U813 if it makes no task, Q707 for an invalid template.
    """
    ref, task_id = f"refs/heads/{plan.branch}", str(slugid.nice())
    told = push_told(plan.repository, ref)
    event = {
        **told["event"],
        "before": _NOTHING,
        "after": revision,
        "pusher": {"name": "somebody", "email": _SOMEBODY},
        "sender": {"login": "somebody"},
        "repository": {**told["event"]["repository"], "pushed_at": int(pushed)},
    }
    context = {
        "event": event,
        "as_slugid": lambda _name: task_id,
        "now": to_text(datetime.now(UTC)),
        "taskcluster_root_url": root_url,
    }
    about = Happening(f"a push to {plan.branch}", "github-push", context)
    task = task_of(first_entry(plan.template), about)
    if task is None:
        raise RelproError(Diagnostic("U813", f"`.taskcluster.yml` makes no task of {about.about}"))
    return Push(task_id, {name: said for name, said in task.items() if name != "taskId"}, about)


def promote(service: EmbeddedTaskcluster, queue: Queue, decision: str, given: Json) -> str:
    """Trigger the hook of release promotion; returns the id of the task that runs the action.

    Raises `RelproError` (U813) if the decision task does not offer the action.
    """
    offered: Iterable[Json] = orjson.loads(queue.artifact(decision, "public/actions.json"))[
        "actions"
    ]
    entry = next((one for one in offered if one["name"] == _ACTION), None)
    if entry is None:
        what = f"the decision task offers no action `{_ACTION}`"
        raise RelproError(Diagnostic("U813", what))
    told = {"input": given, "taskId": None, "taskGroupId": decision}
    payload = jsone.render(entry["hookPayload"], told)
    names = entry["hookGroupId"], entry["hookId"]
    person = service.options(f"hooks:trigger-hook:{'/'.join(names)}")
    made = taskcluster.Hooks(person).triggerHook(*names, payload)
    return str(made["status"]["taskId"])


def sign_off(service: EmbeddedTaskcluster, task_id: str, role: str) -> None:
    """Sign off a gate with exactly the scopes of a role.

    Raises `Refused` (Q704) if that is not the gate's role.
    """
    scope = f"queue:schedule-task-in-project:signoff/{role}"
    Queue(Connection(Access.from_environment(service.environment(scope)))).schedule_task(task_id)
