"""Takes tasks and their bodies, creates them, each after its dependencies.

Threads take tasks that are ready; a task becomes ready when its count of pending dependencies
reaches 0. Nothing is scanned twice, and nothing is recursive.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from queue import SimpleQueue

import attrs

from relpro.errors import Refused, RelproError, Unreachable
from relpro.graph import walk
from relpro.submit.compare import difference
from relpro.submit.intended import Intended
from relpro.submit.pool import CONNECTIONS
from relpro.submit.queue import Queue, refusal

#: Called with the number of finished tasks and the total.
Progress = Callable[[int, int], None]


@attrs.frozen
class Outcome:
    """The result for each task, by position, in the order in which they finished.

    `failed` has a task's own error, `skipped` the position of the failed task on which it depends.
    """

    created: tuple[int, ...]
    existing: tuple[int, ...]
    failed: dict[int, RelproError]
    skipped: dict[int, int]


def create_tasks(
    queue: Queue,
    intended: Sequence[Intended],
    bodies: Sequence[bytes],
    *,
    existing: Collection[int] = (),
    progress: Progress = lambda *_: None,
) -> Outcome:
    """Create every task except those at the positions `existing`, which exist as intended.

    `bodies` are the requests. Errors of single tasks are part of the result; if an outage outlasts
    the connection's retries, all remaining tasks fail.
    """
    run = _Run(queue, intended, bodies, progress, existing)
    threads = [
        threading.Thread(target=run.work, name=f"create {number}", daemon=True)
        for number in range(min(CONNECTIONS, len(intended) - len(existing)))
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except BaseException:
        run.stop()
        raise
    if run.bug:
        raise run.bug
    return run.outcome()


class _Run:
    """A submission in progress. Shared state changes only under the lock."""

    def __init__(
        self,
        queue: Queue,
        intended: Sequence[Intended],
        bodies: Sequence[bytes],
        progress: Progress,
        existing: Collection[int],
    ) -> None:
        self._queue = queue
        self._intended = intended
        self._bodies = bodies
        self._progress = progress
        edges = [task.needs for task in intended]
        self._dependents = walk.reverse(edges)
        there = frozenset(existing)
        self._waiting = [sum(need not in there for need in needs) for needs in edges]
        self._settled = [at in there for at in range(len(intended))]
        self._left = len(intended) - len(there)
        self._lock = threading.Lock()
        self._ready: SimpleQueue[int | None] = SimpleQueue()
        for at, count in enumerate(self._waiting):
            if not count and at not in there:
                self._ready.put(at)
        self._stopped = False
        self._hopeless: RelproError | None = None
        self._created: list[int] = []
        self._existing = sorted(there)
        self._failed: dict[int, RelproError] = {}
        self._skipped: dict[int, int] = {}
        self.bug: BaseException | None = None

    def outcome(self) -> Outcome:
        """The results for the tasks."""
        created, existing = tuple(self._created), tuple(self._existing)
        return Outcome(created, existing, dict(self._failed), dict(self._skipped))

    def work(self) -> None:
        """Create tasks until none is left."""
        try:
            while (at := self._ready.get()) is not None and not self._stopped:
                self._create(at)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            self.bug = error
            self.stop()

    def stop(self) -> None:
        """Let every thread end after its current task."""
        self._stopped = True
        for _ in range(CONNECTIONS):
            self._ready.put(None)

    def _create(self, at: int) -> None:
        if self._hopeless:
            self._fail(at, self._hopeless)
            return
        try:
            was_there = self._send(self._intended[at], self._bodies[at])
        except RelproError as error:
            if isinstance(error, Unreachable) and self._is_hopeless(error):
                error = self._hopeless = self._hopeless or error
            self._fail(at, error)
        else:
            self._succeed(at, self._existing if was_there else self._created)

    def _is_hopeless(self, error: Unreachable) -> bool:
        """Whether all remaining tasks would fail in the same way."""
        refused = any(diagnostic.code == "Q703" for diagnostic in error.diagnostics)
        return refused or self._queue.connection.is_down

    def _send(self, task: Intended, body: bytes) -> bool:
        """Create one task; returns whether it existed already. Raises `RelproError`."""
        answer = self._queue.create_task(task.task_id, body)
        if answer.is_good:
            return False
        failure = refusal(answer, f"task `{task.label}`")
        if answer.status != 409:
            raise failure
        # Another process may be creating the same tasks, or an earlier attempt may have succeeded.
        found = self._queue.definitions([task.task_id]).get(task.task_id)
        if found is None:
            raise failure
        if problem := difference(task, found):
            raise Refused(problem)
        return True

    def _succeed(self, at: int, place: list[int]) -> None:
        with self._lock:
            place.append(at)
            for dependent in self._dependents[at]:
                self._waiting[dependent] -= 1
                if not self._waiting[dependent] and not self._settled[dependent]:
                    self._ready.put(dependent)
            self._settle([at])

    def _fail(self, at: int, error: RelproError) -> None:
        with self._lock:
            self._failed[at] = error
            lost = [at]
            for one in lost:  # grows during the loop
                for dependent in self._dependents[one]:
                    if not self._settled[dependent] and dependent not in self._skipped:
                        self._skipped[dependent] = at
                        lost.append(dependent)
            self._settle(lost)

    def _settle(self, positions: Sequence[int]) -> None:
        for at in positions:
            self._settled[at] = True
        self._left -= len(positions)
        self._progress(len(self._settled) - self._left, len(self._settled))
        if not self._left:
            self.stop()
