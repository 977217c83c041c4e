"""Takes task bodies, finds what the queue, their worker or Chain of Trust would refuse.

A body is exactly what is sent to `queue.createTask`: dates are ISO texts, dependencies are task
ids.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from relpro import schemas
from relpro.errors import Diagnostic
from relpro.model.limits import exceeded_limits
from relpro.model.task import Json, Task
from relpro.verify import links
from relpro.verify.scripts import SCRIPTS
from relpro.verify.scripts.script import Body, Rule, Script

_QUEUE = "taskcluster/queue/v1/create-task-request.json"
_DOCKER = "taskcluster/docker-worker/v1/payload.json"
_POSIX = "taskcluster/generic-worker/multiuser_posix.json"
_WINDOWS = "taskcluster/generic-worker/multiuser_windows.json"

_LINK_RULES: tuple[Rule, ...] = (
    links.implementation_is_evident,
    links.upstream_is_of_a_known_type,
)
_DOCKER_RULES = (*_LINK_RULES, *links.OF_IMPLEMENTATION["docker-worker"])
_GENERIC_RULES = (*_LINK_RULES, *links.OF_IMPLEMENTATION["generic-worker"])

#: Dates in the form of real ones, which are set at submission.
_DATE = "2000-01-01T00:00:00.000Z"
_DATES = {"created": _DATE, "deadline": _DATE, "expires": _DATE}


def queue_and_workers_accept_every_body(task: Task) -> Iterator[Diagnostic]:
    """Every body satisfies the limits and schemas of queue and worker, and the worker's code.

    A diagnostic for each limit of the queue that a morphed task exceeds (G312). If it exceeds none,
    one for each part of its body that queue, worker or Chain of Trust refuse (G311).
    """
    body = _dated(task.definition)
    refused = refused_by_queue(body)
    if refused and (limits := [*exceeded_limits(task)]):
        # The schema has the limits as well, but its messages are less clear.
        for problem in limits:
            yield Diagnostic("G312", f"task `{task.label}`: {problem}", (task.origin,))
        return
    for problem in refused or refused_by_worker(task.implementation, body):
        yield Diagnostic("G311", f"task `{task.label}`: {problem}", (task.origin,))


def _dated(body: Body) -> Body:
    dated, payload = {**body, **_DATES}, body["payload"]
    artifacts, uploads = payload.get("artifacts"), payload.get("artifactMap")
    if artifacts and any("expires" in one for one in _items(artifacts)):
        dated["payload"] = payload = {**payload, "artifacts": _dated_items(artifacts, "expires")}
    if uploads and any("expiry" in said for one in uploads for said in one["paths"].values()):
        expiring = [{**one, "paths": _dated_items(one["paths"], "expiry")} for one in uploads]
        dated["payload"] = {**payload, "artifactMap": expiring}
    return dated


def _items(items: Json) -> Collection[Mapping[str, object]]:
    """The items of a mapping or list: docker-worker has mappings, generic-worker lists."""
    return items.values() if isinstance(items, dict) else items


def _dated_items(items: object, key: str) -> object:
    """The items of a mapping or list, with a date in place of what each has of a key."""
    dated = [{**one, key: _DATE} if key in one else one for one in _items(items)]
    return dict(zip(items, dated, strict=True)) if isinstance(items, dict) else dated


def check_body(implementation: str, body: Body) -> Iterator[str]:
    """The errors in a body: one text each, with the JSON path or scope concerned.

    `implementation` is the worker implementation. For an unknown one, only the requirements of the
    queue and Chain of Trust are checked. If the queue refuses the body, nothing else is reported.
    """
    yield from refused_by_queue(body) or refused_by_worker(implementation, body)


def refused_by_queue(body: Body) -> list[str]:
    """What the queue refuses in a body. Source: the queue, createTask, and its schema."""
    return schemas.problems(_QUEUE, body) or list(_beyond_the_schema(body))


def refused_by_worker(implementation: str, body: Body) -> Iterator[str]:
    """What the worker or Chain of Trust refuses in a body that the queue takes."""
    if implementation == "succeed":
        yield from payload_is_empty(body)
    elif implementation == "docker-worker":
        yield from _payload_problems(_DOCKER, body, _DOCKER_RULES)
    elif implementation == "generic-worker":
        name = _WINDOWS if _is_for_windows(body) else _POSIX
        yield from _payload_problems(name, body, _GENERIC_RULES)
    elif implementation in SCRIPTS:
        yield from _script_problems(SCRIPTS[implementation], body)
    else:
        yield from links.implementation_is_evident(body)


def _payload_problems(name: str, body: Body, rules: tuple[Rule, ...]) -> Iterator[str]:
    refused = schemas.problems(name, body["payload"], "payload")
    yield from refused or _broken(rules, body)


def _script_problems(script: Script, body: Body) -> Iterator[str]:
    """Schemas and scopes are checked first; the other rules assume that both are right."""
    refused = list(_broken(script.scope_rules, body))
    for name in script.schemas(body):
        refused += [text for text in schemas.problems(name, body) if text not in refused]
    yield from refused or _broken((*_LINK_RULES, *script.payload_rules), body)


def _broken(rules: Iterable[Rule], body: Body) -> Iterator[str]:
    for rule in rules:
        yield from rule(body)


def _beyond_the_schema(body: Body) -> Iterator[str]:
    """Values that the queue's schema allows and its code refuses. Source: the queue, createTask."""
    if "taskQueueId" not in body and not ("provisionerId" in body and "workerType" in body):
        yield "the task lacks `provisionerId` and `workerType`"
    for scope in body.get("scopes", ()):
        if scope.endswith("**"):
            yield f"scope `{scope}` ends in more than one `*`"


def payload_is_empty(body: Body) -> Iterator[str]:
    """A task of the queue's own worker has an empty payload. Source: built-in/succeed."""
    if body["payload"]:
        yield "`payload` must be empty: built-in/succeed runs nothing"


def _is_for_windows(body: Body) -> bool:
    """Whether the tag `os` says so; without it, whether commands are lines, not lists."""
    system = body.get("tags", {}).get("os")
    if system is not None:
        return bool(system == "windows")
    command: Any = body["payload"].get("command")
    return isinstance(command, list) and any(isinstance(line, str) for line in command)
