"""Takes paths in repositories on GitHub, reads the texts there with the token of a task.

Source: GitHub's GraphQL API, objects of a repository (`Blob`, `Tree`).
"""

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import attrs
import orjson

from relpro.errors import Diagnostic, RelproError, Unreachable, raise_all
from relpro.schemas.shape import OBJECT, TEXT, Shape, list_of, or_null, record
from relpro.submit.access import Access
from relpro.submit.connection import Answer, Connection, fetch
from relpro.submit.patience import MOMENT, OUTAGE, Patience

_TOKEN = "GITHUB_API_TOKEN"  # noqa: S105 - the name of a variable

_QUERY = """\
query($owner: String!, $name: String!, $expression: String!) {
  repository(owner: $owner, name: $name) { object(expression: $expression) { WANTED } }
}"""
_TEXT = "... on Blob { text }"
_ENTRIES = "... on Tree { entries { name object { WANTED } } }"
_FILE = _QUERY.replace("WANTED", _TEXT)
_FOLDERS = _QUERY.replace("WANTED", _ENTRIES.replace("WANTED", _ENTRIES.replace("WANTED", _TEXT)))

_FILE_SHAPE = record({"name": TEXT, "object": or_null(record(optional={"text": or_null(TEXT)}))})
_FOLDER_SHAPE = record(
    {"name": TEXT, "object": or_null(record(optional={"entries": list_of(_FILE_SHAPE)}))}
)
_OBJECT = record(optional={"text": or_null(TEXT), "entries": list_of(_FOLDER_SHAPE)})
#: The schema of an answer: the object, or the reason why there is none.
_ANSWER = Shape(
    record(
        optional={
            "data": or_null(
                record(optional={"repository": or_null(record({"object": or_null(_OBJECT)}))})
            ),
            "errors": or_null(list_of(record(optional={"message": TEXT}))),
        }
    )
)
_SECRET = Shape(record({"secret": OBJECT}))


@attrs.frozen
class Repository:
    """A repository, and the revision to read."""

    owner: str
    name: str
    revision: str = "HEAD"

    @classmethod
    def at(cls, url: str) -> "Repository":
        """The repository at `https://github.com/owner/name` or `git@github.com:owner/name.git`.

        Raises `RelproError` (Q707) for any other address.
        """
        found = re.fullmatch(
            r"(?:https://|ssh://git@|git@)[^/:]+[/:]([^/]+)/([^/]+?)(?:\.git)?/?", url
        )
        if found is None:
            what = f"`{url}` is not an address of a repository"
            remedy = "write it as `https://github.com/owner/name`"
            raise RelproError(Diagnostic("Q707", what, remedy=remedy))
        return cls(found[1], found[2])

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


@attrs.frozen
class GitHub:
    """Reads repositories at `api`, the URL of the GraphQL API.

    Every method raises `Unreachable` if there is no answer (Q702) or the token is refused (Q707),
    and `RelproError` (Q707) if the token has no access to the repository.
    """

    api: str
    token: str = attrs.field(repr=False)

    def text(self, repository: Repository, path: str) -> str | None:
        """The text of a file; None if it does not exist."""
        found = self._object(_FILE, repository, path) or {}
        text: str | None = found.get("text")
        return text

    def texts(self, repository: Repository, folder: str, name: str) -> Mapping[str, str]:
        """Sub-folder of `folder` -> text of the file `name` in it, for those that have it."""
        found = self._object(_FOLDERS, repository, folder) or {}
        texts = {
            entry["name"]: (file["object"] or {}).get("text")
            for entry in found.get("entries", ())
            for file in (entry["object"] or {}).get("entries", ())
            if file["name"] == name
        }
        raise_all(
            Diagnostic("Q707", f"`{folder}{inner}/{name}` of `{repository}` is not text")
            for inner, text in texts.items()
            if text is None
        )
        return {inner: text for inner, text in texts.items() if text is not None}

    def _object(self, query: str, repository: Repository, path: str) -> Mapping[str, Any] | None:
        variables = {
            "owner": repository.owner,
            "name": repository.name,
            "expression": f"{repository.revision}:{path}",
        }
        body = orjson.dumps({"query": query, "variables": variables})
        headers = {
            "Authorization": f"bearer {self.token}",
            "Content-Type": "application/json",
            "User-Agent": "relpro",
        }
        answer = fetch(self.api, body, headers)
        said: Mapping[str, Any] = answer.json if isinstance(answer.json, dict) else {}
        if answer.is_good and (wrong := tuple(_ANSWER.misfits(said, "answer"))):
            what = f"GitHub does not say what repository `{repository}` holds"
            raise Unreachable(*(Diagnostic("Q707", what, why=why) for why in wrong))
        found = (said.get("data") or {}).get("repository")
        if not answer.is_good or not found:
            raise _refused(repository, answer, said)
        content: Mapping[str, Any] | None = found["object"]
        return content


def token(secret: str) -> str:
    """The token in the environment, or in field `key` of a Taskcluster secret.

    Raises `Unreachable` (Q702, Q703, Q707) if there is neither.
    """
    if known := os.environ.get(_TOKEN):
        if not _is_token(known):
            what, remedy = f"`{_TOKEN}` holds no token", "copy it again, without what stands around"
            raise Unreachable(Diagnostic("Q707", what, remedy=remedy))
        return known
    what, remedy = (
        "there is no token for GitHub",
        f"set `{_TOKEN}`, or let the task read the secret",
    )
    try:
        access = Access.from_environment(os.environ)
    except Unreachable as error:
        why = f"`{_TOKEN}` is not set, and {error.diagnostics[0].what}"
        raise Unreachable(Diagnostic("Q707", what, why=why, remedy=remedy)) from None
    patience = Patience(OUTAGE if os.environ.get("TASK_ID") else MOMENT)
    path = f"/api/secrets/v1/secret/{quote(secret, safe='')}"
    answer = Connection(access, patience).call("GET", path)
    is_secret = answer.is_good and not any(_SECRET.misfits(answer.json))
    key = answer.json["secret"].get("key") if is_secret else None
    if not isinstance(key, str) or not _is_token(key):
        said = "it has no `key` that is a token" if answer.is_good else answer.message
        why = f"`{_TOKEN}` is not set, and secret `{secret}` cannot be read: {said}"
        raise Unreachable(Diagnostic("Q707", what, why=why, remedy=remedy))
    return key


def _is_token(text: str) -> bool:
    """Whether a text can be part of a header."""
    return text != "" and text.isascii() and text.isprintable()


def _refused(repository: Repository, answer: Answer, said: Mapping[str, Any]) -> RelproError:
    errors = (said.get("errors") or ()) if answer.is_good else ()
    why = (
        "; ".join(str(error.get("message")) for error in errors)
        or f"HTTP {answer.status}: {answer.message}"
    )
    remedy = "see that the address is right and the token may read the repository"
    what = f"GitHub does not show repository `{repository}`"
    problem = Diagnostic("Q707", what, why=why, remedy=remedy)
    return RelproError(problem) if answer.is_good else Unreachable(problem)
