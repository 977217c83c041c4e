"""Takes task bodies, gives what the queue, their worker or Chain of Trust would refuse in them.

A body is exactly what `queue.createTask` gets: dates are ISO texts, dependencies are task ids.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from relpro import schemas
from relpro.errors import Diagnostic, Origin
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
_DOCKER_RULES: tuple[Rule, ...] = (
    *_LINK_RULES,
    links.docker_payload_can_be_checked,
    links.image_is_an_input,
)
_GENERIC_RULES: tuple[Rule, ...] = (*_LINK_RULES, links.generic_payload_can_be_checked)


def bodies_fit_their_schemas(
    tasks: Iterable[tuple[str, Origin, str, Body]],
) -> Iterator[Diagnostic]:
    """A diagnostic (G311) for each thing wrong with a body.

    `tasks` are (label, origin, worker implementation, body).
    """
    for label, origin, implementation, body in tasks:
        for problem in check_body(implementation, body):
            yield Diagnostic("G311", f"task `{label}`: {problem}", (origin,))


def check_body(implementation: str, body: Body) -> Iterator[str]:
    """What is wrong with a body: one text each, naming the JSON path or scope concerned.

    `implementation` is the worker implementation. Of one that is not known here, only what the
    queue and Chain of Trust demand is checked. What the queue itself would refuse hides the rest.
    """
    refused = list(schemas.problems(_QUEUE, body)) or list(task_queue_is_named(body))
    if refused:
        yield from refused
    elif implementation == "succeed":
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
    refused = list(schemas.problems(name, body["payload"], "payload"))
    yield from refused or _broken(rules, body)


def _script_problems(script: Script, body: Body) -> Iterator[str]:
    """Schemas and scopes are judged together; the rest is only sound once these hold."""
    refused = list(_broken(script.scope_rules, body))
    for name in script.schemas(body):
        refused += [text for text in schemas.problems(name, body) if text not in refused]
    yield from refused or _broken((*_LINK_RULES, *script.payload_rules), body)


def _broken(rules: tuple[Rule, ...], body: Body) -> Iterator[str]:
    for rule in rules:
        yield from rule(body)


def task_queue_is_named(body: Body) -> Iterator[str]:
    """The body says where it runs, by `taskQueueId` or by `provisionerId` and `workerType`.

    Source: the queue, createTask.
    """
    if "taskQueueId" not in body and not ("provisionerId" in body and "workerType" in body):
        yield "the task lacks `provisionerId` and `workerType`"


def payload_is_empty(body: Body) -> Iterator[str]:
    """A task of the queue's own worker has an empty payload. Source: built-in/succeed."""
    if body["payload"]:
        yield "`payload` must be empty: built-in/succeed runs nothing"


def _is_for_windows(body: Body) -> bool:
    """Whether tag `os` says so; without the tag, whether commands are lines, not lists."""
    system = body.get("tags", {}).get("os")
    if system is not None:
        return bool(system == "windows")
    command: Any = body["payload"].get("command")
    return isinstance(command, list) and any(isinstance(line, str) for line in command)
