"""Takes worker pools, runs workers for them in threads during the context."""

import os
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Self

import attrs

from relpro.embedded import EmbeddedTaskcluster
from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.workers import LocalWorker, Seat
from relpro.workers.rehearsal import Rehearsal

_GROUP = "rehearsal"


@attrs.define(eq=False)
class Crew:
    """Workers of a Taskcluster.

    They write only below `folder`; `env` is added to the tasks' environment.
    """

    service: EmbeddedTaskcluster
    folder: Path
    env: Mapping[str, str]
    _working: dict[str, list[tuple[LocalWorker, threading.Thread]]] = attrs.field(
        factory=dict, init=False
    )
    _failed: list[Exception] = attrs.field(factory=list, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop every worker, and its task."""
        for worker, _thread in (one for each in self._working.values() for one in each):
            worker.shut_down()
        for pool in list(self._working):
            self.dismiss(pool)

    @property
    def pools(self) -> Collection[str]:
        """The pools that have workers, or had some."""
        return self._working.keys()

    def dismiss(self, pool: str) -> None:
        """Stop the workers of a pool, and their tasks, which then wait for other workers."""
        working, self._working[pool] = self._working[pool], []
        for worker, _ in working:
            worker.shut_down()
        for worker, thread in working:
            thread.join()
            worker.__exit__()

    def staff(self, pool: str, rehearsal: Rehearsal, *, commands: bool) -> None:
        """Start workers for a pool: as many as there are processors if it runs commands."""
        if self._working.get(pool):
            return
        for number in range(len(os.sched_getaffinity(0)) if commands else 1):
            self._start(pool, f"{pool.rpartition('/')[2]}-{number}"[:38], rehearsal)

    def check(self) -> None:
        """Raise the exception of a worker that ended with one."""
        if self._failed:
            raise self._failed[0]

    def _start(self, pool: str, name: str, rehearsal: Rehearsal) -> None:
        scopes = (f"queue:claim-work:{pool}", f"queue:worker-id:{_GROUP}/{name}")
        access = Access.from_environment(self.service.environment(*scopes))
        seat = Seat(Connection(access), pool, _GROUP, name)
        folder = self.folder / pool.replace("/", "_") / name
        worker = LocalWorker(seat, folder, self.env, rehearsal=rehearsal)
        thread = threading.Thread(target=self._work, args=(worker,), name=name, daemon=True)
        self._working.setdefault(pool, []).append((worker, thread))
        thread.start()

    def _work(self, worker: LocalWorker) -> None:
        try:
            worker.work()
        except Exception as error:  # noqa: BLE001 - `check` raises it
            self._failed.append(error)
