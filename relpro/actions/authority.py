"""Takes a request and what the queue says of the tasks it names, gives why it may not be done.

Whoever triggers an action writes its input, the task and the task group. What its own task is, the
queue says: who may create it is ruled by scopes. So everything that a request names is held against
the queue's word on that task, before anything is decided. Asked of nobody are a desk with recorded
artifacts and tasks that the queue does not know: those create nothing.
"""

import re
from collections.abc import Iterator, Sequence

from relpro.actions.action import Action, Request
from relpro.errors import Diagnostic, Origin
from relpro.plan.records import Definition, level_of

_QUEUE = Origin("queue")

#: The scope that the hook of an action gives its task (relpro.actions.hooks), and its permission.
_PERMISSION = re.compile(r"assume:repo:.*:action:(?P<permission>[^:]+)")


def objections(action: Action, request: Request) -> Iterator[Diagnostic]:
    """A diagnostic (Q716) for each thing that keeps the request from being done."""
    named = _named(request)
    known = request.records.definitions([request.creator, *named])
    own = known.get(request.creator)
    if own is None:
        return
    yield from _permission(action, own)
    yield from _group(request, own)
    for task_id in named:
        yield from _stranger(task_id, known.get(task_id), own)
    if request.task_id and request.task_id in known:
        yield from _of_the_group(request.task_id, known[request.task_id], request.task_group_id)


def _named(request: Request) -> Sequence[str]:
    """The tasks that a request names: its group, its task, and earlier graphs."""
    named = (
        request.task_group_id,
        request.task_id or "",
        *(request.input.get("previous_graph_ids") or ()),
    )
    return [task_id for task_id in dict.fromkeys(named) if task_id]


def _permission(action: Action, own: Definition) -> Iterator[Diagnostic]:
    held = [
        match["permission"]
        for scope in own.get("scopes", ())
        if (match := _PERMISSION.fullmatch(scope))
    ]
    if action.permission not in held:
        what = f"this task may not run action `{action.name}`"
        why = f"it has permission {' and '.join(map(repr, held)) or 'for no action'}, and not"
        remedy = f"trigger the action by its hook, whose name has `{action.permission}` in it"
        yield Diagnostic("Q716", what, (_QUEUE,), f"{why} {action.permission!r}", remedy=remedy)


def _group(request: Request, own: Definition) -> Iterator[Diagnostic]:
    if request.task_group_id and request.task_group_id != own["taskGroupId"]:
        what = f"this action is of task group `{own['taskGroupId']}`"
        why = f"it was asked to act on `{request.task_group_id}`"
        remedy = "trigger the action that the other group's own task offers"
        yield Diagnostic("Q716", what, (_QUEUE,), why, remedy=remedy)


def _of_the_group(task_id: str, task: Definition, group: str) -> Iterator[Diagnostic]:
    if group and task["taskGroupId"] != group:
        what = f"task `{task_id}` is of task group `{task['taskGroupId']}`, and not of `{group}`"
        yield Diagnostic("Q716", what, (_QUEUE,), remedy="ask for it in the task's own group")


def _stranger(task_id: str, task: Definition | None, own: Definition) -> Iterator[Diagnostic]:
    """What tells that a task was made by others, or at a lower level, than this action."""
    if task is None:
        return
    theirs, ours = (level_of(one["schedulerId"]) for one in (task, own))
    if task["schedulerId"].rpartition("-level-")[0] != own["schedulerId"].rpartition("-level-")[0]:
        what = f"task `{task_id}` is of another trust domain"
        why = f"its scheduler is `{task['schedulerId']}`, and this action's `{own['schedulerId']}`"
        yield Diagnostic("Q716", what, (_QUEUE,), why)
    elif theirs < ours:
        what = f"task `{task_id}` is of level {theirs}, and this action of level {ours}"
        why = f"its scheduler is `{task['schedulerId']}`, whatever its parameters say"
        yield Diagnostic("Q716", what, (_QUEUE,), why)
