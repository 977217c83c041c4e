"""Takes a seat at a queue, runs its tasks one after the other, and reports their results."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

import attrs

from relpro.workers.caches import Caches
from relpro.workers.claims import Claim, Seat
from relpro.workers.contained import remove_left
from relpro.workers.ending import LOST, SHUTDOWN, End
from relpro.workers.execution import Workplace, execute
from relpro.workers.held import hold
from relpro.workers.placing import NO_CONTAINERS, Containers
from relpro.workers.processes import Halt

if TYPE_CHECKING:  # its imports need the extra `rehearsal`
    from relpro.workers.rehearsal import Rehearsal


@attrs.frozen
class Outcome:
    """A run of this worker, and its result.

    It is not `told` if the claim was lost by then, for example because the task was cancelled.
    """

    task_id: str
    run_id: int
    name: str
    end: End
    told: bool

    def __str__(self) -> str:
        state = self.end.state if self.told else "lost"
        why = f" ({self.end.why})" if self.end.why else ""
        return f"{self.task_id} {self.name}: {state}{why}"


class LocalWorker:
    """A worker that runs payloads of generic-worker and docker-worker.

    They run as processes; with an engine for containers, those of docker-worker in their images.

    In a rehearsal it signs its statements, and a worker of a script's queue runs the script's
    tasks.
    """

    def __init__(
        self,
        seat: Seat,
        folder: Path,
        env: Mapping[str, str] | None = None,
        tell: Callable[[str], object] = str,
        rehearsal: "Rehearsal | None" = None,
        containers: Containers = NO_CONTAINERS,
    ) -> None:
        """Work at a seat; it writes only below `folder`; `env` is added to that of processes.

        Leftovers of a killed worker are removed, except its caches. `tell` is called with a line
        for each event. Raises `RelproError` (Q711) if another worker uses the folder.
        """
        self._seat = seat
        root = folder.resolve()
        self._held = hold(root, "worker")
        shutil.rmtree(root / "tasks", ignore_errors=True)
        if containers.engine is not None:
            remove_left(containers.engine, root)
        self._tell = tell
        self._told: set[str] = set()
        caches = Caches(root / "caches")
        self._place = Workplace(root, caches, env or {}, self._tell_once, rehearsal, containers)
        self._halt = Halt()
        self._shut = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Release the folder for other workers."""
        self._held.close()

    def work(self, *, until_idle: bool = False) -> list[Outcome]:
        """Claim and run tasks until `shut_down`; returns their results.

        With `until_idle`, also until there are none to claim. Raises `RelproError` if the queue
        refuses or cannot be reached.
        """
        outcomes: list[Outcome] = []
        while not self._shut:
            claims = self._seat.claim()
            if not claims and until_idle:
                break
            outcomes += map(self.run, claims)
        return outcomes

    def shut_down(self) -> None:
        """Return the running task to the queue, for another worker, and claim no more."""
        self._shut = True
        self._halt.ask(SHUTDOWN)

    def _tell_once(self, why: str) -> None:
        """Tell why tasks run as processes, each reason once; the log of a task has it, too."""
        if why not in self._told:
            self._told.add(why)
            self._tell(f"tasks of docker-worker run as processes: {why}")

    def run(self, claim: Claim) -> Outcome:
        """Run a claimed task and report the result. Raises `RelproError` like `work`."""
        name = str(claim.task["metadata"]["name"])
        self._tell(f"{claim.task_id} {name}: claimed")
        self._halt = halt = Halt()
        if self._shut:
            halt.ask(SHUTDOWN)
        with claim.kept(lambda: halt.ask(LOST)):
            end = execute(claim, self._place, halt)
        told = halt.reason != LOST and claim.report(end.state)
        outcome = Outcome(claim.task_id, claim.run_id, name, end, told)
        self._tell(str(outcome))
        return outcome
