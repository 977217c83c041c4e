"""Takes a task, gives the limits of the queue that it exceeds. Source: the queue, createTask.

The sizes of a body and its words are checked only if the task's whole text is long.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from relpro.model.task import Task

MAX_DEPENDENCIES = 10_000
MAX_ROUTES = 64
MAX_ROUTE = 249
MAX_TAG = 4096
#: The maximum size of a request to the queue, in bytes.
MAX_BODY = 10 * 1024 * 1024
#: Maximum bytes of one word of a command, or of `NAME=value` in an environment. Source: Linux,
#: execve(2): 32 pages, including the final null byte.
MAX_WORD = 131_071

_METADATA = {"name": 255, "description": 32768, "owner": 255, "source": 4096}
_SOURCE = re.compile(r"https?://|ssh://|git@")
_PRINTABLE = re.compile(r"[ -~]*")
_PATTERNS = {
    "provisionerId": re.compile(r"[a-zA-Z0-9_-]{1,38}"),
    "workerType": re.compile(r"[a-z]([-a-z0-9]{0,36}[a-z0-9])?"),
    "taskQueueId": re.compile(r"[a-zA-Z0-9_-]{1,38}/[a-z]([-a-z0-9]{0,36}[a-z0-9])?"),
    "schedulerId": re.compile(r"[a-zA-Z0-9_-]{1,38}"),
    "projectId": re.compile(r"[a-zA-Z0-9._/-]{1,500}"),
}


def exceeded_limits(task: Task) -> Iterator[str]:
    """A text for each limit of the queue that a task exceeds."""
    definition = task.definition
    yield from _dependencies(task)
    yield from _routes(definition.get("routes", ()))
    yield from _scopes(definition.get("scopes", ()))
    yield from _metadata(definition.get("metadata", {}))
    yield from _tags(definition.get("tags", {}))
    yield from _names(definition)


def too_long(task: Task, text: bytes) -> Iterator[str]:
    """A text for each part that is too long: the body of a morphed task, or a word in it.

    `text` is the task as in graph files. If it is short as a whole, no part is too long.
    """
    if len(text) <= MAX_WORD:
        return
    size = len(orjson.dumps(task.definition))
    if size > MAX_BODY:
        yield f"its body has {size:,} bytes, and the queue takes {MAX_BODY:,}"
    payload = task.definition["payload"]
    command = payload.get("command")
    for at, word in enumerate(_words(command)):
        if (size := len(word.encode())) > MAX_WORD:
            yield f"word {at + 1} of its command has {size:,} bytes, and Linux takes {MAX_WORD:,}"
    env = payload.get("env")
    for name, value in env.items() if isinstance(env, Mapping) else ():
        if (size := len(f"{name}={value}".encode())) > MAX_WORD:
            what = f"`{name}` of its environment has {size:,} bytes with its name"
            yield f"{what}, and Linux takes {MAX_WORD:,}"


def _words(command: object) -> Iterator[str]:
    """The words of a command: docker-worker has one list, generic-worker a list of lists."""
    if isinstance(command, str):
        yield command
    elif isinstance(command, list):
        for part in command:
            yield from _words(part)


def _dependencies(task: Task) -> Iterator[str]:
    named = task.definition.get("dependencies")
    count = len(named or {*task.dependencies.values(), *task.soft_dependencies})
    if count > MAX_DEPENDENCIES:
        yield f"it has {count} dependencies, and the queue takes {MAX_DEPENDENCIES}"


def _routes(routes: list[str]) -> Iterator[str]:
    if len(routes) > MAX_ROUTES:
        yield f"it has {len(routes)} routes, and the queue takes {MAX_ROUTES}"
    if len(set(routes)) < len(routes):
        twice = next(route for route in routes if routes.count(route) > 1)
        yield f"route `{twice}` is there twice"
    for route in routes:
        if not 0 < len(route) <= MAX_ROUTE:
            yield f"route `{route[:60]}` has {len(route)} characters, not 1 to {MAX_ROUTE}"


def _scopes(scopes: list[str]) -> Iterator[str]:
    for scope in scopes:
        if scope.endswith("**"):
            yield f"scope `{scope}` ends in more than one `*`"
        elif not _PRINTABLE.fullmatch(scope):
            yield f"scope `{scope}` has characters other than printable ASCII"


def _metadata(metadata: Mapping[str, str]) -> Iterator[str]:
    for name, limit in _METADATA.items():
        if len(metadata.get(name, "")) > limit:
            yield f"`metadata.{name}` has {len(metadata[name])} characters, more than {limit}"
    source = metadata.get("source")
    if source is not None and not _SOURCE.match(source):
        yield f"`metadata.source` is `{source}`, not an http(s), ssh or git address"


def _tags(tags: Mapping[str, object]) -> Iterator[str]:
    for name, value in tags.items():
        if not isinstance(value, str) or len(value) > MAX_TAG:
            yield f"tag `{name}` is not a text of at most {MAX_TAG} characters"


def _names(definition: Mapping[str, Any]) -> Iterator[str]:
    for key, pattern in _PATTERNS.items():
        name = definition.get(key)
        if name is not None and not pattern.fullmatch(name):
            yield f"`{key}` is `{name}`, which does not match `{pattern.pattern}`"
