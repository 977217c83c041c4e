"""Takes a seat at a queue, claims its tasks one after the other, and tells how they ended."""

from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

from relpro.workers.caches import Caches
from relpro.workers.claims import Claim, Seat
from relpro.workers.execution import LOST, SHUTDOWN, End, Workplace, execute
from relpro.workers.processes import Halt


@attrs.frozen
class Outcome:
    """A run that this worker had, and how it ended.

    It is not `told` where the claim was gone by then: the task was cancelled, say.
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
    """A worker that runs payloads of generic-worker and docker-worker as processes."""

    def __init__(
        self,
        seat: Seat,
        folder: Path,
        env: Mapping[str, str] | None = None,
        tell: Callable[[str], object] = str,
    ) -> None:
        """Work at a seat; all that is written is below `folder`, `env` is added to tasks'.

        `tell` is called with a line for each thing that happens.
        """
        self._seat = seat
        self._place = Workplace(folder.resolve(), Caches(folder.resolve() / "caches"), env or {})
        self._tell = tell
        self._halt = Halt()
        self._shut = False

    def work(self, *, until_idle: bool = False) -> list[Outcome]:
        """Claim and run tasks until `shut_down`; gives how they ended.

        With `until_idle` also until there is none to claim. Raises `RelproError` where the queue
        refuses, or cannot be reached.
        """
        outcomes: list[Outcome] = []
        while not self._shut:
            claims = self._seat.claim()
            if not claims and until_idle:
                break
            outcomes += map(self.run, claims)
        return outcomes

    def shut_down(self) -> None:
        """Let the queue give the task that runs to another worker, and claim no more."""
        self._shut = True
        self._halt.ask(SHUTDOWN)

    def run(self, claim: Claim) -> Outcome:
        """Run a claimed task and report how it ended. Raises `RelproError` as `work` does."""
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
