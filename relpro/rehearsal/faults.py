"""Takes a running rehearsal, and injects one fault into it by a script.

The release must still ship and be correct, or be stopped with a reason before anything wrong is
shipped. A script is continued at each look at the tasks of a phase, until it is done.
"""

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from relpro.submit.times import Entry
from relpro.verify.scripts.script import only

if TYPE_CHECKING:  # its imports need the extra `rehearsal`
    from relpro.rehearsal.stage import Stage

#: How long the queue is unreachable, in seconds: calls are retried several times meanwhile.
_AWAY: Final = 2.0

#: Seconds between looks if the right moment is short.
_SHORT: Final = 0.005

_PUSH: Final = "push-to-releases"

#: How a release with a fault ends.
SHIPS, STOPS = "ships", "stops"


@attrs.define
class Scene:
    """The input of a script: the stage, and the phase and group that are running.

    `told` describes what was done.
    """

    here: "Stage"
    phase: str = ""
    group: str = ""
    told: list[str] = attrs.field(factory=list)

    def entries(self, phase: str) -> tuple[Entry, ...]:
        """The tasks of a phase; none while another phase is running."""
        if phase != self.phase or not self.group:
            return ()
        statuses = self.here.service.statuses(self.group)
        tasks = self.here.service.tasks(self.group)
        return tuple({"task": tasks[one], "status": statuses[one]} for one in tasks)

    def running(self, phase: str) -> str:
        """A task of a phase whose commands run now; empty if there is none."""
        return next(
            (
                str(entry["status"]["taskId"])
                for entry in self.entries(phase)
                if entry["status"]["state"] == "running" and "command" in entry["task"]["payload"]
            ),
            "",
        )

    def name(self, task_id: str) -> str:
        """The name of a task."""
        return str(self.here.service.task(task_id)["metadata"]["name"])


Script = Callable[[Scene], Iterator[None]]


@attrs.frozen
class Fault:
    """A fault, and how the release `ends`: it ships all the same, or is stopped.

    `given` are additional values for the input of a phase; `signs` is the role of who signs off
    instead of the right one.
    """

    about: str
    ends: str
    script: Script | None = None
    given: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict)
    signs: str = ""


def _fail_twice(scene: Scene) -> Iterator[None]:
    """End the first two runs of a task with an exception that is the worker's fault."""
    import taskcluster  # noqa: PLC0415 - it takes long to import, and commands list faults

    while not (task_id := scene.running("promote")):
        yield
    queue = taskcluster.Queue(scene.here.service.options())
    for run in (0, 1):
        while _state(scene, task_id, run) != "running":
            time.sleep(_SHORT)
        queue.reportException(task_id, str(run), {"reason": "intermittent-task"})
    scene.told.append(f"two runs of {scene.name(task_id)} ended as intermittent-task")


def _state(scene: Scene, task_id: str, run: int) -> str:
    runs = scene.here.service.status(task_id)["runs"]
    return str(runs[run]["state"]) if run < len(runs) else ""


def _lose_queue(scene: Scene) -> Iterator[None]:
    """Cut every call to the queue for some seconds, once 40 % of the tasks are completed."""
    from relpro.embedded import Fault as Outage  # noqa: PLC0415 - an extra

    while _part(scene.entries("promote")) < 0.4:
        yield
    faults = scene.here.service.faults
    faults.add(Outage("reset-before"))
    time.sleep(_AWAY)
    faults.clear()
    scene.told.append(f"{len(faults.struck)} calls to the queue were cut within {_AWAY:.0f} s")


def _part(entries: tuple[Entry, ...]) -> float:
    done = sum(entry["status"]["state"] == "completed" for entry in entries)
    return done / len(entries) if entries else 0.0


def _expire_claim(scene: Scene) -> Iterator[None]:
    """Let the claims of all running tasks end, as if workers were cut off from the queue."""
    while not (task_id := scene.running("promote")):
        yield
    scene.here.end_claims()
    scene.told.append(f"the claim of {scene.name(task_id)} has ended")


def _flip_byte(scene: Scene) -> Iterator[None]:
    """Change a byte of a candidate, once all candidates exist."""
    while not scene.entries("push"):
        yield
    published = scene.here.published
    bucket, key = next(one for one in published.objects() if "/candidates/" in one[1])
    content = bytearray(published.content(bucket, key))
    content[len(content) // 2] ^= 1
    published.archive.client.put_object(Bucket=bucket, Key=key, Body=bytes(content))
    scene.told.append(f"a byte of {key} is another one")


def _kill_worker(scene: Scene) -> Iterator[None]:
    """Kill the worker that copies candidates to releases, a process of its own, during the copy."""
    while not (found := [one for one in scene.entries("push") if _copies(one)]):
        yield
    task, task_id = found[0]["task"], str(found[0]["status"]["taskId"])
    here, pool = scene.here, f"{task['provisionerId']}/{task['workerType']}"
    here.crew.dismiss(pool)
    before = sum(1 for _ in here.published.listed())
    with here.apart(pool) as process:
        while scene.here.service.status(task_id)["state"] in {"unscheduled", "pending"}:
            yield
        while sum(1 for _ in here.published.listed()) == before and process.poll() is None:
            time.sleep(_SHORT)
        process.send_signal(signal.SIGKILL)
        process.wait()
    copied = sum(1 for _ in here.published.listed()) - before
    here.hire(pool)
    here.end_claims()
    scene.told.append(f"the worker of {scene.name(task_id)} was killed after {copied} files")


def _copies(entry: Entry) -> bool:
    return only(entry["task"], ":beetmover:action:") == _PUSH


#: Name -> the fault.
FAULTS: Final[Mapping[str, Fault]] = {
    "task-fails-twice": Fault(
        "Two runs of a task end as intermittent-task: the queue gives it a third.",
        SHIPS,
        _fail_twice,
    ),
    "queue-lost": Fault(
        "Every call to the queue is cut for some seconds, at 40 % of promote.",
        SHIPS,
        _lose_queue,
    ),
    "claim-expired": Fault(
        "The claims of all that runs end: others get the tasks, and the first result is void.",
        SHIPS,
        _expire_claim,
    ),
    "worker-killed": Fault(
        "The worker that copies candidates to releases is killed in the midst of it.",
        SHIPS,
        _kill_worker,
    ),
    "candidate-changed": Fault(
        "A byte of a candidate is changed before push: its gate is not signed off.",
        STOPS,
        _flip_byte,
    ),
    "partners-replayed": Fault(
        "Push is asked for with a configuration of partners that promote did not have.",
        STOPS,
        given={"push": {"release_partner_config": {"release-partner-repack": {"old": {}}}}},
    ),
    "wrong-role": Fault(
        "Gates are signed off by somebody who has the scope of another role.",
        STOPS,
        signs="somebody-else",
    ),
}


@attrs.define
class Mishaps:
    """The faults of a rehearsal, and the state of their scripts."""

    scene: Scene
    faults: tuple[Fault, ...] = ()
    _scripts: tuple[Iterator[None], ...] = attrs.field(init=False)

    @_scripts.default
    def _begun(self) -> tuple[Iterator[None], ...]:
        return tuple(fault.script(self.scene) for fault in self.faults if fault.script)

    def look(self, phase: str, group: str) -> None:
        """Continue the scripts, while tasks of a phase are running."""
        self.scene.phase, self.scene.group = phase, group
        for script in self._scripts:
            next(script, None)

    def given(self, phase: str) -> Mapping[str, Any]:
        """The additional values for the input of a phase."""
        return {
            name: said for one in self.faults for name, said in one.given.get(phase, {}).items()
        }

    def role(self, role: str) -> str:
        """The role that signs off a gate."""
        return next((one.signs for one in self.faults if one.signs), role)

    def missed(self) -> tuple[Fault, ...]:
        """For a shipped release: the faults that should have stopped it, or did not happen."""
        if len(self.scene.told) < len(self._scripts):
            return self.faults
        return tuple(one for one in self.faults if one.ends == STOPS)
