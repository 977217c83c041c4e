"""Takes HTTP requests as data; gives the answers of an update server, and stores its state."""

import json
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from relpro.updates.answer import SIDES, Answer, Tables, answer
from relpro.updates.calls import Call, Json, Problem, Received, Reply
from relpro.updates.offer import Hosts
from relpro.updates.replies import update_reply
from relpro.updates.request import Request
from relpro.updates.routes import find_route
from relpro.updates.scheduling import enact_due
from relpro.updates.state import State
from relpro.updates.store import Store

#: The lifetime of a token, in seconds.
_TOKEN_LASTS = 86_400


def milliseconds() -> int:
    """The time in the API's unit."""
    return time.time_ns() // 1_000_000


def throw_die() -> int:
    """The random number for one request."""
    return random.randrange(SIDES)


class Service:
    """Rules, releases and all other data of one update server; thread-safe."""

    def __init__(
        self,
        store: Store,
        *,
        hosts: Hosts | None = None,
        roll: Callable[[], int] = throw_die,
        now: Callable[[], int] = milliseconds,
    ) -> None:
        """Start with the stored state; `roll` gives random numbers, `now` the time."""
        self._store = store
        self._hosts = hosts or Hosts()
        self._roll = roll
        self._now = now
        self._lock = threading.Lock()
        self._state = store.load()
        self._tables = self._state.tables(self._hosts)

    @property
    def state(self) -> State:
        """The current state."""
        return self._state

    @property
    def tables(self) -> Tables:
        """The current tables."""
        return self._tables

    def replace(self, state: State) -> None:
        """Replace the state."""
        with self._lock:
            self._keep(state)

    def handle(self, received: Received) -> Reply:
        """The answer to a request; thread-safe."""
        self._enact_due()
        if received.path.startswith("/update"):
            return update_reply(received, self.answer)
        if received.path.startswith("/__"):
            return _about(received.path)
        try:
            if received.path == "/oauth/token":
                return _token(_json(received))
            return self._call(received)
        except Problem as problem:
            return problem.reply()

    def answer(self, request: Request) -> Answer:
        """The answer to a client."""
        return answer(self._tables, request, self._roll())

    def _call(self, received: Received) -> Reply:
        method = "GET" if received.method == "HEAD" else received.method
        match = find_route(method, received.path.removeprefix("/api"))
        if match is None:
            raise Problem(404, "nothing is here")
        user = received.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if method != "GET" and not user:
            raise Problem(401, "Login Required")
        body = _json(received)
        with self._lock:
            call = Call(match.params, received.query, body, user, self._now(), self._hosts)
            state, reply = match.handler(self._state, call)
            self._keep(state)
        return reply

    def _enact_due(self) -> None:
        now = self._now()
        changes = self._state.changes.values()
        if any(not change.complete and change.when <= now for change in changes):
            with self._lock:
                self._keep(enact_due(self._state, now))

    def _keep(self, state: State) -> None:
        if state is not self._state:
            self._store.save(self._state, state)
            self._state = state
            self._tables = state.tables(self._hosts)


def _about(path: str) -> Reply:
    """The URLs with which monitoring checks the server."""
    if path == "/__version__":
        return Reply({"name": "relpro update-server"})
    return Reply("OK!", content_type="text/plain; charset=utf-8")


def _token(body: Json) -> Reply:
    """A token for a client, in place of the service that issues them: the client's name."""
    name = body.get("client_id")
    if not isinstance(name, str) or not name:
        raise Problem(401, "client_id is missing")
    return Reply({"access_token": name, "expires_in": _TOKEN_LASTS, "token_type": "Bearer"})


def _json(received: Received) -> Json:
    if not received.body:
        return {}
    try:
        body: Any = json.loads(received.body)
    except ValueError:
        raise Problem(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Problem(400, "the body is not a JSON object")
    return body
