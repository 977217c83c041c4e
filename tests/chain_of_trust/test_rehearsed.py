"""The real scriptworker over chains that local workers have signed."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from relpro.embedded import EmbeddedTaskcluster
from relpro.updates.server import UpdateServer
from relpro.updates.service import Service
from relpro.updates.store import Store
from relpro.workers.keys import Keys
from relpro.workers.services import Services
from tests.chain_of_trust.alterations import Json, altered
from tests.chain_of_trust.rehearsed import CANDIDATES, QUEUES, rehearse
from tests.chain_of_trust.test_acceptance import python, verdicts
from tests.scripts.conftest import Archive, archive, keys, s3, service

__all__ = ["archive", "keys", "python", "s3", "service"]

LABELS = {
    "signing-linux64": "signing",
    "beetmover-linux64": "beetmover",
    "balrog-linux64": "balrog",
}


def _of_build(chain: Json) -> dict[str, Any]:
    (task_id,) = (
        key for key, task in chain["tasks"].items() if task["metadata"]["name"] == "build-linux64"
    )
    files: dict[str, Any] = chain["published"][task_id]
    return files


def another_file(chain: Json) -> None:
    _of_build(chain)["public/build/vpn.tar.gz"] = "something else"


def another_statement(chain: Json) -> None:
    files = _of_build(chain)
    said = orjson.loads(base64.b64decode(files["public/chain-of-trust.json"]["base64"]))
    said["artifacts"]["public/build/vpn.tar.gz"]["sha256"] = "0" * 64
    files["public/chain-of-trust.json"] = orjson.dumps(said).decode()


def another_key(chain: Json) -> None:
    chain["keys"]["docker-worker"] = base64.b64encode(bytes(range(32))).decode()


def another_task(chain: Json) -> None:
    for task in chain["tasks"].values():
        if task["metadata"]["name"] == "build-linux64":
            task["payload"]["command"] = ["make", "it", "bad"]


ALTERED: dict[Callable[[Json], None], str] = {
    another_file: "BAD HASH",
    another_statement: "ed25519 cot signature",
    another_key: "ed25519 cot signature",
    another_task: "payload differs",
}


@pytest.mark.slow
def test_the_real_scriptworker_accepts_what_local_workers_signed_and_nothing_altered(
    python: str,
    service: EmbeddedTaskcluster,
    archive: Archive,
    keys: Keys,
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    store = Store(":memory:")
    with UpdateServer(Service(store).handle) as updates:
        scripts = {name: script for name, script in QUEUES.items() if script}
        servers = {"dep": updates.address}
        services = Services(keys.folder, scripts, archive.storage, servers)
        done = rehearse(service, services, tmp_path)
    store.close()
    assert archive.names() == [f"{CANDIDATES}/vpn.tar.gz", f"{CANDIDATES}/vpn.tar.gz.asc"]
    chains = {label: done.chain(label, kind) for label, kind in LABELS.items()}
    signing = chains["signing-linux64"]
    bad = {alter.__name__: altered(signing, alter) for alter in ALTERED}
    found = verdicts(python, {**chains, **bad}, tmp_path)
    for label in LABELS:
        with subtests.test(accepted=label):
            assert found[label] is None
    for alter, words in ALTERED.items():
        with subtests.test(rejected=alter.__name__):
            assert words in (found[alter.__name__] or "accepted")
