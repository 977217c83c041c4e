"""Takes a claim, runs its task, gives the result and the reason.

Source: generic-worker, the resolution of tasks: which failures are the task's.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from relpro.errors import RelproError
from relpro.workers.accepted import accepted
from relpro.workers.artifacts import Uploaded, link, publish, upload
from relpro.workers.box import Box
from relpro.workers.caches import Caches
from relpro.workers.certificate import certify
from relpro.workers.claims import Claim
from relpro.workers.contained import contained
from relpro.workers.ending import COMPLETED, INTERMITTENT, INTERNAL, LOST, SHUTDOWN, End, too_late
from relpro.workers.images import Certificates, Image, environment
from relpro.workers.job import Job, Unfit
from relpro.workers.log import Log, log_at
from relpro.workers.placing import NO_CONTAINERS, Containers, placed
from relpro.workers.processes import Ended, Halt, run
from relpro.workers.proxy import proxy
from relpro.workers.sandbox import sandbox

if TYPE_CHECKING:  # its imports need the extra `rehearsal`
    from relpro.workers.rehearsal import Rehearsal

#: The content type of a log, for browsers.
_TEXT = "text/plain; charset=utf-8"


@attrs.frozen
class Workplace:
    """Where a worker works: it writes only below `folder`.

    `env` is added to the environment of processes. `tell` is called with the reason why a task does
    not run in its image. With a `rehearsal` it signs its statements, and runs tasks of scripts too.
    """

    folder: Path
    caches: Caches
    env: Mapping[str, str]
    tell: Callable[[str], object]
    rehearsal: "Rehearsal | None" = None
    containers: Containers = NO_CONTAINERS


def execute(claim: Claim, place: Workplace, halt: Halt) -> End:
    """Run a claimed task, and publish its artifacts. The caller keeps the claim."""
    with log_at(place.folder / f"{claim.task_id}-{claim.run_id}.log") as log:
        log.say(f"task {claim.task_id}, run {claim.run_id}: {claim.task['metadata']['name']}")
        job = None
        try:
            script = _script(claim, place)
            if script is not None:
                end = script(log, halt)
            else:
                job = accepted(claim.task, claim.queue.current_scopes)
                job, image = placed(job, claim, place.containers, _signed(place), place.tell)
                for note in job.notes:
                    log.say(f"differs: {note}")
                end = _Execution(claim, place, halt, log, job, image).end()
        except Unfit as unfit:
            end = End(unfit.reason, str(unfit))
        except RelproError as error:
            end = End(INTERNAL, "; ".join(one.what for one in error.diagnostics))
        log.say(f"{end.state}: {end.why}" if end.why else end.state)
        if halt.reason != LOST:
            _publish_log(claim, log, job)
    return end


def _script(claim: Claim, place: Workplace) -> Callable[[Log, Halt], End] | None:
    """The stand-in for a task of a script; None for a task that runs commands."""
    rehearsal = place.rehearsal
    if rehearsal is None:
        return None
    name = rehearsal.services.implementation(claim.seat.task_queue_id)
    folder = place.folder / "tasks" / f"{claim.task_id}-{claim.run_id}"
    return None if name is None else partial(rehearsal.run, name, claim, folder)


def _signed(place: Workplace) -> Certificates | None:
    return None if place.rehearsal is None else place.rehearsal.chains.certificate_of


def _publish_log(claim: Claim, log: Log, job: Job | None) -> None:
    names = ("public/logs/live_backing.log", "public/logs/live.log")
    backing, live = names if job is None else (job.log, job.live_log)
    try:
        upload(claim, backing, log.path, claim.task["expires"], _TEXT)
        link(claim, live, backing, _TEXT)
    except RelproError:  # the result of the run is reported all the same
        return


@attrs.frozen
class _Execution:
    """A running job, in an image or as processes."""

    claim: Claim
    place: Workplace
    halt: Halt
    log: Log
    job: Job
    image: Image | None

    def end(self) -> End:
        """The result of the run.

        Raises `Unfit`, and `RelproError` if an artifact cannot be published.
        """
        with self._box() as box:
            end = self._commands(box)
            if self.halt.reason or (end.is_late and not self.job.publishes_late):
                return end
            published = publish(self.job.publications, box, self.claim)
            if self.job.certified:
                self._certify(published.artifacts, box.folder)
        if not published.missing:
            return end
        paths = ", ".join(f"`{path}`" for path in published.missing)
        why = f"nothing to publish is at {paths}"
        if self.job.may_omit:
            self.log.say(why)
        elif end.state == "completed":
            return End("failed", why)
        return end

    def _box(self) -> AbstractContextManager[Box]:
        place, caches = self.place, self.place.caches
        if self.image is None:
            return sandbox(place.folder / "tasks", self.job, self.claim, caches, place.env)
        return contained(place.folder, self.job, self.claim, caches, self.image)

    def _certify(self, artifacts: Iterable[Uploaded], folder: Path) -> None:
        rehearsal = self.place.rehearsal
        if rehearsal is None:
            said = {} if self.image is None else environment(self.claim, self.image)
            certify(self.claim, artifacts, folder, environment=said)
            return
        sign = rehearsal.sign(self.job.implementation)
        certify(self.claim, artifacts, folder, sign, environment(self.claim, self.image))

    def _commands(self, box: Box) -> End:
        deadline = time.monotonic() + self.job.max_run_time
        told = {
            "TASK_ID": self.claim.task_id,
            "RUN_ID": str(self.claim.run_id),
            "TASKCLUSTER_ROOT_URL": self.claim.access.root_url,
        }
        with ExitStack() as stack:
            if self.job.proxied:
                told["TASKCLUSTER_PROXY_URL"] = stack.enter_context(proxy(self.claim))
            for command in self.job.commands:
                start = box.start(command, told)
                self.log.say(f"executing {' '.join(command) or 'the command of the image'}")
                try:
                    ended = run(start, log=self.log.file, deadline=deadline, halt=self.halt)
                except OSError as error:
                    return End("failed", f"`{start.words[0]}` cannot be started: {error.strerror}")
                if ended.status or ended.late or self.halt.reason:
                    return self._failed(ended, box)
        return COMPLETED

    def _failed(self, ended: Ended, box: Box) -> End:
        if self.halt.reason:
            return End(SHUTDOWN, self.halt.reason)
        if ended.late:
            return too_late(self.job.max_run_time)
        why = f"exit status {ended.status}"
        if ended.status in self.job.purge:
            box.purge()
            why += ", caches are purged"
        return End(INTERMITTENT if ended.status in self.job.retry else "failed", why)
