"""Takes what a run published, gives the artifact that says so: its Chain of Trust certificate.

Source: scriptworker, schema of certificates (cot_v1_schema.json); generic-worker, chain of trust.
"""

from collections.abc import Iterable
from pathlib import Path

import orjson

from relpro.workers.artifacts import Uploaded, upload
from relpro.workers.claims import Claim

NAME = "public/chain-of-trust.json"


def certify(claim: Claim, published: Iterable[Uploaded], folder: Path) -> None:
    """Publish the certificate of a run; `folder` is where it may be written meanwhile.

    It is not signed: this worker has no key. Raises `RelproError`.
    """
    certificate = {
        "chainOfTrustVersion": 1,
        "artifacts": {one.name: {"sha256": one.sha256} for one in published},
        "task": claim.task,
        "taskId": claim.task_id,
        "runId": claim.run_id,
        "workerGroup": claim.seat.worker_group,
        "workerId": claim.seat.worker_id,
        "workerType": claim.seat.task_queue_id.rpartition("/")[2],
        "environment": {},
    }
    path = folder / ".chain-of-trust.json"
    path.write_bytes(orjson.dumps(certificate, option=orjson.OPT_INDENT_2))
    upload(claim, NAME, path, claim.task["expires"], "application/json")
