"""What comes in and goes out of the API of an update server, and how it refuses."""

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
    """A call of the API: by whom, with what, and when (milliseconds since 1970).

    `params` are parts of the path, unquoted; `body` is the JSON object that was sent; `hosts` says
    from where files may be offered.
    """

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    user: str
    now: int
    hosts: Hosts = attrs.field(factory=Hosts)


@attrs.frozen
class Part:
    """A part of a file, as the body of an answer; `start` and `length` are in bytes."""

    path: Path
    start: int
    length: int


@attrs.frozen
class Reply:
    """What is answered; `body` is text or part of a file, or is made JSON."""

    body: Any
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Received:
    """An HTTP request: `path` is unquoted, `headers` are by small letters.

    `address` is where the server is that got it.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    address: str = ""


#: What a call leads to: the state after it, and the answer.
Outcome = tuple[State, Reply]


class Problem(Exception):
    """A call that is refused; the state stays as it is."""

    def __init__(self, status: int, detail: str, *errors: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors

    def reply(self) -> Reply:
        """The answer, in the form of Balrog (auslib/web/admin/views/problem.py)."""
        titles = {401: "Unauthenticated", 403: "Forbidden", 404: "Not Found"}
        body = {
            "type": "about:blank",
            "title": titles.get(self.status, "Bad Request"),
            "detail": self.detail,
            "status": self.status,
        }
        return Reply({**body, "exception": [*self.errors]} if self.errors else body, self.status)


def versioned(value: Any, data_version: int) -> Reply:
    """A row, with the version that must be given to change it."""
    return Reply(value, headers={"X-Data-Version": str(data_version)})


def check_version(current: int, given: Any) -> None:
    """Refuse a change of something that was changed since it was read."""
    if isinstance(given, str) and given.isascii() and given.isdigit():
        given = int(given)
    if given != current:
        raise Problem(400, f"data_version {given} is outdated: it is {current} now")
