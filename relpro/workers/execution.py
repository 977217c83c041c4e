"""Takes a claim, runs its task, gives the result and the reason.

Source: generic-worker, the resolution of tasks: which failures are the task's.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from relpro.errors import RelproError
from relpro.workers.accepted import accepted
from relpro.workers.artifacts import Uploaded, link, publish, upload
from relpro.workers.caches import Caches
from relpro.workers.certificate import certify
from relpro.workers.claims import Claim
from relpro.workers.ending import COMPLETED, INTERMITTENT, INTERNAL, LOST, SHUTDOWN, End, too_late
from relpro.workers.images import environment
from relpro.workers.job import Job, Unfit
from relpro.workers.log import Log, log_at
from relpro.workers.processes import Ended, Halt, run
from relpro.workers.proxy import proxy
from relpro.workers.sandbox import Sandbox, sandbox

if TYPE_CHECKING:  # its imports need the extra `rehearsal`
    from relpro.workers.rehearsal import Rehearsal

#: The content type of a log, for browsers.
_TEXT = "text/plain; charset=utf-8"

#: The variables that tasks get from the worker's own environment, so that programs are found.
_INHERITED = ("PATH", "LANG", "TZ")


@attrs.frozen
class Workplace:
    """Where a worker works: it writes only below `folder`.

    `env` is added to the tasks' environment.

    With a `rehearsal` it signs its statements, and runs tasks of scripts too.
    """

    folder: Path
    caches: Caches
    env: Mapping[str, str]
    rehearsal: "Rehearsal | None" = None


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
                for note in job.notes:
                    log.say(f"differs: {note}")
                end = _Execution(claim, place, halt, log, job).end()
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
    """A running job."""

    claim: Claim
    place: Workplace
    halt: Halt
    log: Log
    job: Job

    def end(self) -> End:
        """The result of the run.

        Raises `Unfit`, and `RelproError` if an artifact cannot be published.
        """
        claim, job = self.claim, self.job
        with sandbox(self.place.folder / "tasks", job, claim, self.place.caches) as box:
            end = self._commands(box)
            if self.halt.reason:
                return end
            published = publish(job.publications, box, claim)
            if job.certified:
                self._certify(published.artifacts, box.folder)
        if published.missing and end.state == "completed":
            paths = ", ".join(f"`{path}`" for path in published.missing)
            return End("failed", f"nothing to publish is at {paths}")
        return end

    def _certify(self, artifacts: Iterable[Uploaded], folder: Path) -> None:
        rehearsal = self.place.rehearsal
        if rehearsal is None:
            certify(self.claim, artifacts, folder)
            return
        sign = rehearsal.sign(self.job.implementation)
        certify(self.claim, artifacts, folder, sign, environment(self.claim))

    def _commands(self, box: Sandbox) -> End:
        deadline = time.monotonic() + self.job.max_run_time
        with ExitStack() as stack:
            env = self._environment(box)
            if self.job.proxied:
                env["TASKCLUSTER_PROXY_URL"] = stack.enter_context(proxy(self.claim))
            for said in self.job.commands:
                words = [self._text(word, box) for word in said]
                self.log.say(f"executing {' '.join(words)}")
                try:
                    ended = run(
                        words,
                        cwd=box.folder,
                        env=env,
                        log=self.log.file,
                        deadline=deadline,
                        halt=self.halt,
                    )
                except OSError as error:
                    return End("failed", f"`{words[0]}` cannot be started: {error.strerror}")
                if ended.status or ended.late or self.halt.reason:
                    return self._failed(ended, box)
        return COMPLETED

    def _failed(self, ended: Ended, box: Sandbox) -> End:
        if self.halt.reason:
            return End(SHUTDOWN, self.halt.reason)
        if ended.late:
            return too_late(self.job.max_run_time)
        why = f"exit status {ended.status}"
        if ended.status in self.job.purge:
            box.purge()
            why += ", caches are purged"
        return End(INTERMITTENT if ended.status in self.job.retry else "failed", why)

    def _environment(self, box: Sandbox) -> dict[str, str]:
        """The environment of commands. Source: generic-worker, environment."""
        claim, folder = self.claim, str(box.folder)
        own = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        env = {
            **own,
            "HOME": folder,
            "TASK_WORKDIR": folder,
            **self.place.env,
            **{name: self._text(value, box) for name, value in self.job.env.items()},
            "TASK_ID": claim.task_id,
            "RUN_ID": str(claim.run_id),
            "TASK_GROUP_ID": str(claim.task["taskGroupId"]),
            "TASKCLUSTER_ROOT_URL": claim.access.root_url,
        }
        if self.job.home:
            env["PATH"] = os.pathsep.join((folder, env.get("PATH", os.defpath)))
        return env

    def _text(self, said: str, box: Sandbox) -> str:
        """A word or value with the real path of the run's folder."""
        return said.replace(self.job.home, str(box.folder)) if self.job.home else said
