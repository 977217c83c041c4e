"""Takes services, gives the keys and scripts of a rehearsal's workers.

    claim -> accepted by the script's rules -> chain verified -> act -> artifacts -> certificate

There is one for all workers of a process, which share keys and verified chains.
"""

import shutil
import time
from pathlib import Path

import attrs

from relpro.verify.bodies import refused_by_worker
from relpro.workers.artifacts import Uploaded, files_of, upload
from relpro.workers.certificate import Sign, certify
from relpro.workers.chain import Chains
from relpro.workers.claims import Claim
from relpro.workers.ending import COMPLETED, LOST, SHUTDOWN, End, too_late
from relpro.workers.errand import Errand, Failed, Stopped
from relpro.workers.job import Unfit
from relpro.workers.keys import Keys
from relpro.workers.log import Log
from relpro.workers.processes import Halt
from relpro.workers.scripts import act_of
from relpro.workers.services import Services

#: The most seconds that a script may run. Source: scriptworker, task_max_timeout.
_LONGEST = 7200

#: The implementation that signs the statements of script tasks.
_SCRIPTWORKER = "scriptworker"


@attrs.frozen
class Rehearsal:
    """The keys and services that workers use."""

    services: Services
    keys: Keys
    chains: Chains

    @classmethod
    def of(cls, services: Services) -> "Rehearsal":
        """The rehearsal with the keys of the services. Raises `RelproError` (Q741) without keys."""
        keys = Keys(services.keys)
        keys.public()
        return cls(services, keys, Chains(keys))

    def sign(self, implementation: str) -> Sign:
        """The function that signs statements of workers of an implementation."""
        return lambda content: self.keys.signs(implementation, content)

    def run(self, implementation: str, claim: Claim, folder: Path, log: Log, halt: Halt) -> End:
        """Run a task of a script; `folder` is its own, and removed afterwards.

        Raises `Unfit` for a task that its script would refuse, and `RelproError`.
        """
        if wrong := list(refused_by_worker(implementation, claim.task)):
            raise Unfit("\n".join(wrong))
        seconds = min(claim.task["payload"].get("maxRunTime", _LONGEST), _LONGEST)
        shutil.rmtree(folder, ignore_errors=True)
        published, work = folder / "artifacts", folder / "work"
        try:
            for made in (published, work):
                made.mkdir(parents=True)
            inputs = self.chains.verified(claim, folder / "cot")
            log.say(f"the Chain of Trust holds: {len(inputs)} upstream artifacts are as stated")
            errand = Errand(
                claim.task_id,
                claim.task,
                inputs,
                published,
                work,
                self.services,
                log,
                halt,
                time.monotonic() + seconds,
            )
            end = _ended(implementation, errand, seconds)
            if halt.reason != LOST:
                certify(claim, _uploaded(claim, published), folder, self.sign(_SCRIPTWORKER))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return end


def _ended(implementation: str, errand: Errand, seconds: int) -> End:
    try:
        act_of(implementation)(errand)
    except Stopped:
        return End(SHUTDOWN, errand.halt.reason) if errand.halt.reason else too_late(seconds)
    except Failed as failed:
        return End("failed", str(failed))
    return COMPLETED


def _uploaded(claim: Claim, folder: Path) -> list[Uploaded]:
    expires = claim.task["expires"]
    return [upload(claim, name, file, expires) for name, file in files_of("", folder)]
