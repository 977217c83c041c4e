"""Takes a request line; gives its API method, with its parameters."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

import attrs

from relpro.embedded.definition import SLUG
from relpro.embedded.errors import bad_argument
from relpro.embedded.methods import PAGED, SCHEMAS, SERVICES, Handler
from relpro.embedded.paths import unquoted

QUEUE = re.compile(r"[a-zA-Z0-9_-]{1,38}/[a-z]([-a-z0-9]{0,36}[a-z0-9])?")
NAMESPACE = re.compile(r"([a-zA-Z0-9_!~*'()%-]+\.)*[a-zA-Z0-9_!~*'()%-]+")
HOOK_GROUP = re.compile(r"[a-zA-Z0-9_-]{1,1000}")
HOOK = re.compile(r"[a-zA-Z0-9_/-]{1,1000}")

#: Patterns that parameters of the URL must match completely (queue, index and hooks API).
PARAMETERS: Mapping[str, re.Pattern[str]] = {
    "taskId": SLUG,
    "taskGroupId": SLUG,
    "runId": re.compile(r"[0-9]{1,3}|1000"),
    "taskQueueId": QUEUE,
    "namespace": NAMESPACE,
    "indexPath": NAMESPACE,
    "hookGroupId": HOOK_GROUP,
    "hookId": HOOK,
    "name": re.compile(r"[\x20-\x7e]+"),
}

#: Parameters that may contain unquoted slashes; only the last of a path, or before a fixed end.
WITH_SLASHES = {
    "taskQueueId": "[^/]+(?:/[^/]+)?",
    "name": ".+",
    "clientId": ".+",
    "roleId": ".+",
    "place": ".+",
}

#: The paths of the services' methods, and of relpro's own.
PLACE = re.compile(r"/(?:api/([a-z]+)/v1|relpro)/(.*)")

PAGE_ARGUMENTS = ("continuationToken", "limit")


@attrs.frozen
class Route:
    """One method of a service's API; `schema` is empty if a call has no body."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    schema: str
    query: tuple[str, ...]


@attrs.frozen
class Match:
    """A route, and the parameters in a path."""

    route: Route
    params: Mapping[str, str]

    def check(self, query: Iterable[str]) -> None:
        """Raise `InvalidRequestArguments` for parameters that do not match their patterns."""
        wrong = [
            f"URL-param `{name}`, given `{value}`, must match {PARAMETERS[name].pattern}"
            for name, value in self.params.items()
            if name in PARAMETERS and not PARAMETERS[name].fullmatch(value)
        ]
        unknown = [name for name in query if name not in self.route.query and name != "bewit"]
        wrong += [f"query-string parameter `{name}` is not supported" for name in unknown]
        if wrong:
            lines = "\n".join(f" * {line}" for line in wrong)
            raise bad_argument(f"invalid URL parameters or query-string:\n{lines}")


def find_route(verb: str, path: str) -> Match | None:
    """The method that `path` (without the query string, still quoted) calls, if there is one."""
    place = PLACE.fullmatch(path)
    if place is None:
        return None
    service, rest = place[1] or "relpro", place[2]
    for route in _compiled().get((verb, service), ()):
        found = route.pattern.fullmatch(rest)
        if found:
            params = {name: unquoted(text) for name, text in found.groupdict().items() if text}
            return Match(route, params)
    return None


@cache
def _compiled() -> Mapping[tuple[str, str], tuple[Route, ...]]:
    table: dict[tuple[str, str], tuple[Route, ...]] = {}
    for service, methods in SERVICES.items():
        for name, verb, path, handler in methods:
            query = PAGE_ARGUMENTS if name in PAGED else ()
            route = Route(name, _pattern(path), handler, SCHEMAS.get(name, ""), query)
            table[verb, service] = (*table.get((verb, service), ()), route)
    return table


def _pattern(path: str) -> re.Pattern[str]:
    def group(found: re.Match[str]) -> str:
        name = found.group(1)
        return f"(?P<{name}>{WITH_SLASHES.get(name, '[^/]+')})"

    return re.compile(re.sub(r"<(\w+)>", group, path))
