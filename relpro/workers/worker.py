"""Takes a seat at a queue, claims its tasks one after the other, and tells how they ended."""

import fcntl
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.workers.caches import Caches
from relpro.workers.claims import Claim, Seat
from relpro.workers.ending import LOST, SHUTDOWN, End
from relpro.workers.execution import Workplace, execute
from relpro.workers.processes import Halt

if TYPE_CHECKING:  # what it imports is not there without the extra `rehearsal`
    from relpro.workers.rehearsal import Rehearsal


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


def _hold(folder: Path) -> TextIO:
    """A file that is locked as long as it is open: two workers would take each other's caches."""
    folder.mkdir(parents=True, exist_ok=True)
    held = (folder / ".lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        what = f"another worker works in {folder}"
        raise RelproError(Diagnostic("Q711", what, remedy="name another `--folder`")) from None
    return held


class LocalWorker:
    """A worker that runs payloads of generic-worker and docker-worker as processes.

    In a rehearsal it signs what it states, and a worker of a script's queue runs its tasks.
    """

    def __init__(
        self,
        seat: Seat,
        folder: Path,
        env: Mapping[str, str] | None = None,
        tell: Callable[[str], object] = str,
        rehearsal: "Rehearsal | None" = None,
    ) -> None:
        """Work at a seat; all that is written is below `folder`, `env` is added to tasks'.

        What a worker that was killed has left there is taken away, but for its caches. `tell` is
        called with a line for each thing that happens. Raises `RelproError` (Q711) where another
        worker has the folder.
        """
        self._seat = seat
        root = folder.resolve()
        self._held = _hold(root)
        shutil.rmtree(root / "tasks", ignore_errors=True)
        self._place = Workplace(root, Caches(root / "caches"), env or {}, rehearsal)
        self._tell = tell
        self._halt = Halt()
        self._shut = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the folder to others."""
        self._held.close()

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
