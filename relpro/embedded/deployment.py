"""Takes a database, a clock and settings; gives the state that all calls share."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import attrs
import orjson
import slugid

from relpro.embedded.agenda import Agenda
from relpro.embedded.clock import Clock
from relpro.embedded.errors import ApiError, Json
from relpro.embedded.faults import Faults
from relpro.embedded.hawk import Client, Judge
from relpro.embedded.scopes import PUBLIC, Expression, ScopeSet, expand, to_json
from relpro.embedded.store import Store

#: The expiry of the deployment's own clients, in milliseconds: the year 9000.
FAR_FUTURE = 221_845_392_000_000

ROOT = "static/relpro/root"

#: A client with public credentials; it may do no more than anonymous (auth API, testAuthenticate).
TESTER = Client("tester", "no-secret", (), FAR_FUTURE)


@attrs.frozen
class Settings:
    """Settings of a deployment; times in seconds.

    `anonymous` are the scopes of callers without credentials: `("*",)` behaves like a worker's
    proxy. The delays are those of background work in a usual deployment: every 5 s it looks for
    resolved tasks and makes dependents pending; the index and the worker for built-in tasks learn
    of a task somewhat later. `durable` writes survive a power failure.
    """

    anonymous: tuple[str, ...] = PUBLIC
    dependency_poll: float = 5.0
    built_in_delay: float = 1.0
    index_delay: float = 1.0
    deadline_delay: float = 60.0
    claim_seconds: float = 20 * 60.0
    claim_wait: float = 20.0
    longest_deadline: float = 5 * 86400.0
    durable: bool = False

    @classmethod
    def at_once(cls, **changes: Any) -> "Settings":
        """Settings without delays, for tests of other behavior."""
        none = {"dependency_poll": 0.0, "built_in_delay": 0.0, "index_delay": 0.0}
        return cls(**{**none, **changes})


@attrs.frozen
class Caller:
    """A caller and all its scopes."""

    client_id: str
    scopes: ScopeSet


class Deployment:
    """Database, clock, faults, agenda and credentials of one embedded Taskcluster."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        faults: Faults,
        new_id: Callable[[], str],
    ) -> None:
        self.store = store
        self.clock = clock
        self.settings = settings
        self.faults = faults
        self.agenda = Agenda(store)
        self.new_id = new_id
        self.root_url = ""
        self.pending = asyncio.Event()
        self._expanded = lru_cache(maxsize=1000)(self._expand)
        self._clients: dict[str, Client | None] = {}
        self.root = self._root()
        self.judge = Judge(self.client, self.scopes, clock.signing_seconds, clock.now)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all changes made inside, or none if anything is raised."""
        try:
            yield
            self.store.commit()
        except BaseException:
            self.store.rollback()
            self.agenda.refresh()
            raise

    def wake(self) -> None:
        """Tell waiting claims that a task is pending now."""
        self.pending.set()

    def at_next_poll(self, seconds: float, kind: str, task_id: str) -> None:
        """Add an event for the next poll of a periodic job.

        A job that runs every `seconds` sees it between now and that much later.
        """
        now, every = self.clock.now(), int(seconds * 1000)
        self.agenda.add(now + (every - now % every if every else 0), kind, task_id)

    def later(self, seconds: float, kind: str, task_id: str, run_id: int = 0) -> None:
        """Add an event."""
        self.agenda.add(self.clock.now() + int(seconds * 1000), kind, task_id, run_id)

    def client(self, client_id: str) -> Client | None:
        """The client of this name, if there is one."""
        if client_id == TESTER.client_id:
            return TESTER
        if client_id not in self._clients:
            row = self.store.one(
                "select client_id, access_token, scopes, expires, disabled from client"
                " where client_id = ?",
                client_id,
            )
            self._clients[client_id] = (
                Client(row[0], row[1], tuple(orjson.loads(row[2])), row[3], bool(row[4]))
                if row
                else None
            )
        return self._clients[client_id]

    def scopes(self, held: tuple[str, ...]) -> ScopeSet:
        """All scopes that these imply, including those of anonymous callers."""
        return self._expanded(held)

    def forget_scopes(self) -> None:
        """Read clients and roles again; must be called when either changes."""
        self._expanded.cache_clear()
        self._clients.clear()

    def _expand(self, held: tuple[str, ...]) -> ScopeSet:
        return expand((*held, "assume:anonymous"), self._roles())

    def _roles(self) -> Mapping[str, tuple[str, ...]]:
        rows = self.store.all("select role_id, scopes from role order by role_id")
        roles = {role_id: tuple(orjson.loads(scopes)) for role_id, scopes in rows}
        return {**roles, "anonymous": (*roles.get("anonymous", ()), *self.settings.anonymous)}

    def _root(self) -> Client:
        known = self.client(ROOT)
        if known:
            return known
        root = Client(ROOT, secrets.token_urlsafe(33), ("*",), FAR_FUTURE)
        add_client(self.store, root, "everything", self.clock.now())
        self.store.commit()
        self.forget_scopes()
        return root


def add_client(store: Store, client: Client, description: str, now: int) -> None:
    """Store a client, or replace the one with its name."""
    store.run(
        "insert or replace into client values (?, ?, ?, ?, ?, ?, ?)",
        client.client_id,
        client.access_token,
        description,
        orjson.dumps(client.scopes).decode(),
        client.expires,
        now,
        int(client.disabled),
    )


def random_task_id() -> str:
    """A new task id."""
    return str(slugid.nice())


@attrs.frozen
class Call:
    """One call of one method: its arguments, caller, time and state.

    `now` is the services' time at the start of the call, milliseconds.
    """

    method: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    payload: Any
    caller: Caller | None
    deployment: Deployment
    now: int

    @property
    def store(self) -> Store:
        """The database."""
        return self.deployment.store

    def scopes(self) -> ScopeSet:
        """The scopes of the caller."""
        return self.caller.scopes if self.caller else self.deployment.scopes(())

    def require(self, expression: Expression) -> None:
        """Raise `InsufficientScopes` unless the caller's scopes satisfy the expression."""
        missing = self.scopes().lacks(expression)
        if missing is not None:
            raise ApiError("InsufficientScopes", self._refusal(missing, expression))

    def _refusal(self, missing: Expression, expression: Expression) -> str:
        whole = (
            "this request requires the client to satisfy the following scope expression:"
            f"\n\n```\n{_pretty(expression)}\n```"
        )
        if not self.caller:
            return whole
        client_id = self.caller.client_id
        head = f"Client ID {client_id} is missing the following scopes:"
        return f"{head}\n\n```\n{_pretty(missing)}\n```\n\n{whole}"


@attrs.frozen
class Reply:
    """An answer other than 200 with JSON."""

    status: int
    body: Json | bytes | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict)


def _pretty(expression: Expression) -> str:
    return orjson.dumps(to_json(expression), option=orjson.OPT_INDENT_2).decode()
