"""Takes services, gives what workers of a rehearsal are beyond others: keys, and scripts they run.

    claim -> accepted by the script's rules -> chain verified -> act -> artifacts -> certificate

One for all workers of a process: they trust the same keys, and verify the same chains.
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

#: Seconds that a script may take at most. Source: scriptworker, task_max_timeout.
_LONGEST = 7200

#: Who signs the statements of tasks of scripts.
_SCRIPTWORKER = "scriptworker"


@attrs.frozen
class Rehearsal:
    """What workers act with and on."""

    services: Services
    keys: Keys
    chains: Chains

    @classmethod
    def of(cls, services: Services) -> "Rehearsal":
        """With the keys that the services name. Raises `RelproError` (Q741) without them."""
        keys = Keys(services.keys)
        keys.public()
        return cls(services, keys, Chains(keys))

    def sign(self, implementation: str) -> Sign:
        """What signs statements of workers of that sort."""
        return lambda content: self.keys.signs(implementation, content)

    def run(self, implementation: str, claim: Claim, folder: Path, log: Log, halt: Halt) -> End:
        """Do what a task of a script asks for; `folder` is its own, and gone afterwards.

        Raises `Unfit` for what its script would refuse, and `RelproError`.
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
