"""The real scriptworker over every chain of a rehearsal."""

import base64
import os
from pathlib import Path

import pytest

from relpro.rehearsal.rehearse import rehearsed
from tests.chain_of_trust.postcard import chains_of
from tests.chain_of_trust.test_acceptance import python, verdicts
from tests.rehearsal.conftest import copied

__all__ = ["python"]

_ANOTHER_KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.mark.skipif("RELPRO_REHEARSAL" not in os.environ, reason="`make rehearsal` runs it")
def test_the_real_scriptworker_accepts_every_chain_of_a_release_and_none_of_other_keys(
    python: str, tmp_path: Path
) -> None:
    root, files = copied(tmp_path, "de"), tmp_path / "artifacts"
    files.mkdir()
    with rehearsed(root, tmp_path / "made", None, lambda *_: None, str) as (here, done):
        chains = chains_of(here, done, files)
    types = {chain["task_type"] for chain in chains.values()}
    assert types == {"signing", "beetmover", "balrog", "bouncer", "scriptworker"}
    bad = {
        f"{name} of other keys": {**chain, "keys": dict.fromkeys(chain["keys"], _ANOTHER_KEY)}
        for name, chain in chains.items()
    }

    found = verdicts(python, {**chains, **bad}, tmp_path)

    assert {name: found[name] for name in chains if found[name]} == {}
    assert [name for name in bad if "ed25519 cot signature" not in (found[name] or "")] == []
