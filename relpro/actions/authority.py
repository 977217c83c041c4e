"""Takes a request and the queue's records of the tasks in it, gives reasons to refuse it.

Whoever triggers an action writes its input, task and task group. The records of the queue can be
trusted, since scopes decide who may create which task. So every task in a request is compared with
the queue's record before anything is decided. In a dry run, tasks that the queue does not know are
accepted.
"""

import re
from collections.abc import Collection, Iterator, Mapping

import attrs

from relpro.actions.action import Action, Request
from relpro.errors import Diagnostic, Origin
from relpro.plan.makers import GRAPH_NAMES, foreign_scheduler, is_of, pool_of, repository_path
from relpro.plan.records import Definition, level_of

_QUEUE = Origin("queue")

#: The scope that the hook of an action gives its task (relpro.actions.hooks), with the permission.
_PERMISSION = re.compile(r"assume:repo:(?P<repository>.*):action:(?P<permission>[^:]+)")


def with_known(request: Request) -> Request:
    """The request, with the queue's records of its own task and of those that it names."""
    named = (request.creator, request.task_group_id, request.task_id)
    ids = [*dict.fromkeys(filter(None, named))]
    return attrs.evolve(request, known=request.records.definitions(ids))


def objections(action: Action, request: Request) -> Iterator[Diagnostic]:
    """A diagnostic (Q716) for each reason to refuse the request.

    The request must come from `with_known`.
    """
    named = dict.fromkeys(filter(None, (request.task_group_id, request.task_id)))
    known = request.known
    own = known.get(request.creator)
    if own is None:
        if request.acts:
            yield _unknown(request.creator, "is to run this action")
        return
    yield from _permission(action, own, repository_path(request.head.get("head_repository", "")))
    yield from _level(request, own)
    yield from _group(request, own)
    for task_id in named:
        if task_id in known:
            yield from _stranger(task_id, known[task_id], own)
        elif request.acts:
            yield _unknown(task_id, "this action is asked of")
    if request.task_id and request.task_id in known:
        yield from _of_the_group(request.task_id, known[request.task_id], request.task_group_id)


def foreign_graphs(request: Request, named: Mapping[str, Origin]) -> Iterator[Diagnostic]:
    """A diagnostic (Q716) for each fact by which an earlier graph is not one of this action's.

    `named` has the id of each graph, and where the input names it. The task of a graph is a
    decision or an action of the same repository, in the pool of those, in a group of the graphs
    that are named. Its artifacts say so too; but they say what it wrote.
    """
    own = request.known.get(request.creator)
    if own is None:
        return
    unasked = [task_id for task_id in named if task_id not in request.known]
    known = {**request.known, **request.records.definitions(unasked)}
    groups = {*named, own["taskGroupId"]}
    repository = request.head.get("head_repository", "")
    for task_id, origin in named.items():
        task = known.get(task_id)
        found = (
            _foreign_graph(task_id, task, own, groups, repository)
            if task
            else [_unknown(task_id, "is to be an earlier graph")]
        )
        yield from (attrs.evolve(one, where=(origin, *one.where)) for one in found)


def _foreign_graph(
    task_id: str, task: Definition, own: Definition, groups: Collection[str], repository: str
) -> Iterator[Diagnostic]:
    yield from _stranger(task_id, task, own)
    if task["taskGroupId"] not in groups:
        yield _foreign(task_id, "task group", task["taskGroupId"], "no graph that is named")
    if not task["metadata"]["name"].startswith(GRAPH_NAMES):
        yield _foreign(task_id, "name", task["metadata"]["name"], "neither decision nor action")
    if task["schedulerId"] == own["schedulerId"]:
        facts = {
            "taskQueueId": (pool_of(task), pool_of(own)),
            "projectId": (task.get("projectId", "none"), own.get("projectId", "none")),
        }
        for name, (theirs, ours) in facts.items():
            if theirs != ours:
                yield _foreign(task_id, name, theirs, f"this action's is `{ours}`")
    if not is_of(task, repository):
        held = ", ".join(f"`{scope}`" for scope in task.get("scopes", ())) or "none"
        what = f"task `{task_id}` is not of repository `{repository_path(repository)}`"
        yield Diagnostic("Q716", what, (_QUEUE,), why=f"its scopes are: {held}")


def _unknown(task_id: str, what: str) -> Diagnostic:
    remedy = "name a task that exists; the queue forgets tasks that have expired"
    said = f"the queue does not know task `{task_id}`, which {what}"
    return Diagnostic("Q716", said, (_QUEUE,), remedy=remedy)


def _foreign(task_id: str, fact: str, value: str, why: str) -> Diagnostic:
    what = f"task `{task_id}` is not an earlier graph of this release: its {fact} is `{value}`"
    return Diagnostic("Q716", what, (_QUEUE,), why=why)


def _permission(action: Action, own: Definition, repository: str) -> Iterator[Diagnostic]:
    """Why the task may not run the action: the permission comes from its own repository."""
    found = [match for scope in own.get("scopes", ()) if (match := _PERMISSION.fullmatch(scope))]
    held = [one["permission"] for one in found if one["repository"] == repository]
    if action.permission in held:
        return
    what = f"this task may not run action `{action.name}`"
    why = f"it has permission {' and '.join(map(repr, held)) or 'for no action'}"
    why += f" of repository `{repository}`, and not {action.permission!r}"
    if others := sorted({one["repository"] for one in found} - {repository}):
        why += f"; it has some of {' and '.join(f'`{one}`' for one in others)}"
    remedy = f"trigger the action by its hook, whose name has `{action.permission}` in it"
    yield Diagnostic("Q716", what, (_QUEUE,), why=why, remedy=remedy)


def _group(request: Request, own: Definition) -> Iterator[Diagnostic]:
    if request.task_group_id and request.task_group_id != own["taskGroupId"]:
        what = f"this action is of task group `{own['taskGroupId']}`"
        why = f"it was asked to act on `{request.task_group_id}`"
        remedy = "trigger the action that the other group's own task offers"
        yield Diagnostic("Q716", what, (_QUEUE,), why=why, remedy=remedy)


def _of_the_group(task_id: str, task: Definition, group: str) -> Iterator[Diagnostic]:
    if group and task["taskGroupId"] != group:
        what = f"task `{task_id}` is of task group `{task['taskGroupId']}`, and not of `{group}`"
        yield Diagnostic("Q716", what, (_QUEUE,), remedy="ask for it in the task's own group")


def _level(request: Request, own: Definition) -> Iterator[Diagnostic]:
    """Whether the level that the action claims differs from that of its own task."""
    said, level = request.head.get("level"), level_of(own["schedulerId"])
    if said and said != level:
        what = f"this action says it is of level {said}, and its task is of level {level}"
        yield Diagnostic("Q716", what, (_QUEUE,), why=f"its scheduler is `{own['schedulerId']}`")


def _stranger(task_id: str, task: Definition, own: Definition) -> Iterator[Diagnostic]:
    """Why a task does not belong to this action's repository and level."""
    if foreign := foreign_scheduler(task, own["schedulerId"]):
        what, why = foreign
        yield Diagnostic("Q716", f"task `{task_id}` {what}", (_QUEUE,), why=why)
