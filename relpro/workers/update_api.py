"""Takes calls of an update server's API, gives the answers. Source: Balrog, its admin API."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import requests

from relpro.errors import Diagnostic, Unreachable
from relpro.model.task import Json
from relpro.workers.errand import Errand, Failed
from relpro.workers.job import UNAVAILABLE, Unfit

#: The timeout of a server, in seconds.
_PATIENCE = 60

#: The number of attempts after concurrent changes, and the seconds between them.
_TRIES, _PAUSE = 10, 0.1


class Outdated(Exception):
    """The data was changed by others since it was read."""


@attrs.frozen
class UpdateApi:
    """An update server, called as a user. Calls raise `Unreachable` (Q702) and `Failed`."""

    address: str
    session: requests.Session = attrs.field(repr=False)

    @classmethod
    def of(cls, errand: Errand, name: str) -> "UpdateApi":
        """The server of a scope. Raises `Unfit` if the services have none."""
        services = errand.services
        if name not in services.update_servers:
            what = f"the services have no update server `{name}`"
            raise Unfit(what, UNAVAILABLE)
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {services.update_user}"
        return cls(services.update_servers[name].rstrip("/") + "/api", session)

    def find(self, path: str) -> tuple[Any, int] | None:
        """The data at a path, with its version; None if there is none."""
        reply = self._send("GET", path, None)
        if reply.status_code == requests.codes.not_found:
            return None
        return self._understood(reply), int(reply.headers.get("X-Data-Version", 0))

    def get(self, path: str) -> tuple[Any, int]:
        """The same for data that must exist."""
        found = self.find(path)
        if found is None:
            raise Failed(f"the update server has no `{path}`")
        return found

    def change(self, verb: str, path: str, body: Mapping[str, object]) -> Json:
        """The answer to a change. Raises `Outdated` after a concurrent change."""
        return self._understood(self._send(verb, path, body))

    def _send(self, verb: str, path: str, body: Mapping[str, object] | None) -> requests.Response:
        try:
            return self.session.request(verb, f"{self.address}{path}", json=body, timeout=_PATIENCE)
        except requests.RequestException as error:
            what = f"the update server at {self.address} cannot be reached: {error}"
            raise Unreachable(Diagnostic("Q702", what)) from None

    def _understood(self, reply: requests.Response) -> Json:
        if not reply.ok:
            text = reply.text
            if "utdated" in text:
                raise Outdated(text)
            raise Failed(f"the update server refuses {reply.request.path_url}: {text}")
        return reply.json() if reply.content else None


def persistently(change: Callable[[], object]) -> None:
    """Read and change data, again after concurrent changes."""
    for left in reversed(range(_TRIES)):
        try:
            change()
        except Outdated as outdated:
            if not left:
                raise Failed(f"others always change it first: {outdated}") from None
            time.sleep(_PAUSE)
        else:
            return
