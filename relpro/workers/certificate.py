"""Takes the artifacts of a run, publishes their Chain of Trust certificate; reads those of others.

Source: scriptworker, schema of certificates (cot_v1_schema.json); generic-worker, chain of trust.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from relpro import schemas
from relpro.workers.artifacts import Uploaded, upload
from relpro.workers.claims import Claim

NAME = "public/chain-of-trust.json"
SIGNATURE = f"{NAME}.sig"

_SCHEMA = "scriptworker/cot_v1_schema.json"

#: Returns the signature of a statement.
Sign = Callable[[bytes], bytes]


class Broken(Exception):
    """An invalid chain; the text says where."""


def read_certificate(task_id: str, content: bytes) -> Mapping[str, Any]:
    """The certificate of a task from its JSON. Raises `Broken` for anything else."""
    try:
        said: Mapping[str, Any] = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Broken(f"the statement of task {task_id} is not JSON") from None
    if wrong := schemas.problems(_SCHEMA, said):
        raise Broken(f"the statement of task {task_id}: {'; '.join(wrong)}")
    return said


def certify(
    claim: Claim,
    published: Iterable[Uploaded],
    folder: Path,
    sign: Sign | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Publish the certificate of a run; `folder` is for temporary files.

    It is signed if the worker has keys. `environment` describes the run's environment, such as the
    digest of its image. Raises `RelproError`.
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
        "environment": environment or {},
    }
    path = folder / ".chain-of-trust.json"
    path.write_bytes(orjson.dumps(certificate, option=orjson.OPT_INDENT_2))
    expires = claim.task["expires"]
    upload(claim, NAME, path, expires, "application/json")
    if sign is not None:
        path.write_bytes(sign(path.read_bytes()))
        upload(claim, SIGNATURE, path, expires, "application/octet-stream")
