"""The calls, answers and refusals of an update server's API."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from relpro.updates.offer import Hosts
from relpro.updates.state import State

#: A JSON object.
Json = Mapping[str, Any]


@attrs.frozen
class Call:
    """A call of the API: the user, the data, and the time (milliseconds since 1970).

    `params` are parts of the path, unquoted; `body` is the JSON object of the request; `hosts` are
    those from which files may be offered.
    """

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    user: str
    now: int
    hosts: Hosts = attrs.field(factory=Hosts)


@attrs.frozen
class Part:
    """A part of a file as the body of an answer; `start` and `length` are in bytes."""

    path: Path
    start: int
    length: int


@attrs.frozen
class Reply:
    """An answer; `body` is text, part of a file, or converted to JSON."""

    body: Any
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Received:
    """An HTTP request: `path` is unquoted, `headers` have lower-case names.

    `address` is the URL of the server that received it.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    address: str = ""


#: The result of a call: the new state, and the answer.
Outcome = tuple[State, Reply]


class Problem(Exception):
    """A refused call; the state does not change."""

    def __init__(self, status: int, detail: str, *errors: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors

    def reply(self) -> Reply:
        """The answer, in Balrog's format (auslib/web/admin/views/problem.py)."""
        titles = {401: "Unauthenticated", 403: "Forbidden", 404: "Not Found"}
        body = {
            "type": "about:blank",
            "title": titles.get(self.status, "Bad Request"),
            "detail": self.detail,
            "status": self.status,
        }
        return Reply({**body, "exception": [*self.errors]} if self.errors else body, self.status)


def versioned(value: object, data_version: int) -> Reply:
    """A row, with the version that a change must name."""
    return Reply(value, headers={"X-Data-Version": str(data_version)})


def check_version(current: int, given: object) -> None:
    """Refuse a change to data that was changed since it was read."""
    if isinstance(given, str) and given.isascii() and given.isdigit():
        given = int(given)
    if given != current:
        raise Problem(400, f"data_version {given} is outdated: it is {current} now")
