"""Takes a plan and a folder, starts everything that a release needs, on loopback and empty.

These are a Taskcluster with the roles and hooks of the project, a storage, an update server, a
proxy that replaces hosts, and workers. All stop with the context.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import attrs

from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.rehearsal.archive import Mirror, archive
from relpro.rehearsal.crew import Crew
from relpro.rehearsal.manifest import Manifest
from relpro.rehearsal.names import names
from relpro.rehearsal.plan import Plan, runs_commands
from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.submit.queue import Queue
from relpro.updates.server import UpdateServer
from relpro.updates.service import Service, milliseconds
from relpro.updates.store import Store
from relpro.workers.downloads import Downloads
from relpro.workers.ledger import Ledger
from relpro.workers.rehearsal import Rehearsal
from relpro.workers.scripts import MODULES
from relpro.workers.services import Services, Storage, services_text

#: How long a claim lasts, seconds. Twice as much later, the queue still takes what is made by the
#: clock of this machine. Source: queue, createTask (`created` may be 15 minutes in the past).
CLAIM_SECONDS = 300.0


@attrs.frozen
class Folders:
    """The folders of a rehearsal: `run` is for this one; keys and workers are kept for the next."""

    run: Path
    keys: Path
    workers: Path

    @property
    def published(self) -> Path:
        """A copy of all that was published: BUCKET/KEY."""
        return self.run / "published"

    @property
    def provenance(self) -> Path:
        """What is stated of files."""
        return self.run / "provenance"

    @property
    def repository(self) -> Path:
        """The bare repository that is rehearsed."""
        return self.run / "repository.git"


@attrs.define
class Die:
    """The random numbers of the update server, which can be set: 0 to 99."""

    shows: int = 0

    def __call__(self) -> int:
        """The current number."""
        return self.shows


@attrs.define
class Clock:
    """The clock of the update server, which can be moved forward."""

    _ahead: int = attrs.field(default=0, init=False)

    def __call__(self) -> int:
        """The current time, in milliseconds."""
        return milliseconds() + self._ahead

    @contextmanager
    def put_forward(self, seconds: int) -> Iterator[None]:
        """Move the clock forward during the context."""
        self._ahead = 1000 * seconds
        try:
            yield
        finally:
            self._ahead = 0


@attrs.frozen
class Stage:
    """The running services: see above. `updates` is the update server, at `update_address`.

    `proxy` is the URL of the proxy; `buckets` are those of the storage.
    """

    service: EmbeddedTaskcluster
    queue: Queue
    published: Mirror
    updates: Service
    update_address: str
    die: Die
    clock: Clock
    proxy: str
    crew: Crew
    services: Services
    _implementations: dict[str, str] = attrs.field(factory=dict, init=False, repr=False)

    def staff(self, pools: Mapping[str, str]) -> None:
        """Start workers for pools, by their implementations.

        A pool of a script without a stand-in gets none.
        """
        self._implementations.update(pools)
        queues = {pool: name for pool, name in pools.items() if name in MODULES}
        rehearsal = Rehearsal.of(attrs.evolve(self.services, queues=queues))
        for pool, name in pools.items():
            if pool in queues or runs_commands(name):
                self.crew.staff(pool, rehearsal, commands=runs_commands(name))

    def hire(self, pool: str) -> None:
        """Let workers run the tasks of a pool again, whose workers were dismissed."""
        self.staff({pool: self._implementations[pool]})

    def end_claims(self) -> None:
        """Let it be so much later for the queue that every claim has ended."""
        self.service.clock.advance(CLAIM_SECONDS + 1)

    @contextmanager
    def apart(self, pool: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A worker of a script's pool that is a process of its own, killed with the context."""
        folder = self.crew.folder / "apart"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        queues = {pool: self._implementations[pool]}
        said = folder / "services.yml"
        said.write_bytes(services_text(attrs.evolve(self.services, queues=queues)))
        words = ("worker", pool, "--services", str(said), "--folder", str(folder / "work"))
        images = ("--containers", "never")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "relpro", *words, *images],
                env={**os.environ, **self.service.environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def stage(
    plan: Plan, manifest: Manifest, folders: Folders, scopes: Iterable[str]
) -> Iterator[Stage]:
    """Start everything; scopes name the buckets and the update server."""
    said = tuple(scopes)
    with ExitStack() as stack:
        service = stack.enter_context(
            EmbeddedTaskcluster(
                settings=Settings.at_once(claim_wait=1.0, claim_seconds=CLAIM_SECONDS)
            )
        )
        store = Store(str(folders.run / "updates.sqlite"))
        stack.callback(store.close)
        die, clock = Die(), Clock()
        updates = Service(store, roll=die, now=clock)
        server = stack.enter_context(UpdateServer(updates.handle))
        held, buckets = stack.enter_context(archive()), _named(said, ":beetmover:bucket:")
        held.make(buckets)
        files = f"{held.endpoint}/{buckets[0] if buckets else ''}"
        ledger = folders.run / "ledger"
        proxy = stack.enter_context(_proxy(manifest, files, server.address, ledger))
        env = environment(plan, folders, proxy)
        access = Access.from_environment(service.environment())
        yield Stage(
            service,
            Queue(Connection(access)),
            Mirror(held, buckets, folders.published),
            updates,
            server.address,
            die,
            clock,
            proxy,
            stack.enter_context(Crew(service, folders.workers, env)),
            Services(
                folders.keys,
                storage=Storage(held.endpoint, {one: one for one in buckets}, f"{files}/"),
                update_servers=dict.fromkeys(_named(said, ":balrog:server:"), server.address),
                repositories={plan.repository: str(folders.repository)},
                ledger=ledger,
                scheme="http",
            ),
        )


def certificates(scopes: Iterable[str]) -> tuple[str, ...]:
    """The names of signing certificates in scopes."""
    return _named(scopes, ":signing:cert:")


def _named(scopes: Iterable[str], marker: str) -> tuple[str, ...]:
    found = (scope.partition(marker)[2] for scope in scopes)
    return tuple(sorted({name for name in found if name and "*" not in name}))


@contextmanager
def _proxy(manifest: Manifest, files: str, updates: str, ledger: Path) -> Iterator[str]:
    """The URL of the proxy, through which download names lead to the host of the archive."""
    archive_host = next((host for host, what in manifest.hosts.items() if what == "archive"), "")
    downloads = Downloads(Ledger(ledger), f"http://{archive_host}")
    with UpdateServer(downloads.handle) as server:
        standing = {"archive": files, "downloads": server.address, "updates": updates}
        with names({host: standing[what] for host, what in manifest.hosts.items()}) as proxy:
            yield proxy


def environment(plan: Plan, folders: Folders, proxy: str) -> Mapping[str, str]:
    """Environment variables for commands of tasks, besides their own.

    Programs are those of relpro's environment. git finds the local repository at its public URL,
    and nothing is installed from a registry. Caches of programs outlast a task, as on a permanent
    machine.
    """
    config = folders.run / "gitconfig"
    config.write_text(
        f'[url "file://{folders.repository}"]\n\tinsteadOf = {plan.repository}\n'
        "[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n",
        encoding="utf-8",
    )
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    reached = proxied(proxy)
    return {
        "PATH": path,
        "XDG_CACHE_HOME": str(folders.workers / "cache"),
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **reached,
    }


def proxied(proxy: str) -> Mapping[str, str]:
    """The variables that make programs use the proxy."""
    said = {"http_proxy": proxy, "https_proxy": proxy, "no_proxy": "127.0.0.1,localhost"}
    return {**said, **{name.upper(): value for name, value in said.items()}}
