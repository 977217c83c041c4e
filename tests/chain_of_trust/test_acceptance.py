"""The real scriptworker, of the version that deployments run, over what relpro emits.

It is installed into an environment of its own, `.venv-cot`: it depends on another tool for task
graphs, which is not to be seen by ours.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest

from relpro.actions.every import ACTIONS
from tests.chain_of_trust import vpn
from tests.chain_of_trust.alterations import (
    OF_BUILDS,
    OF_EVERY_CHAIN,
    OF_PROMOTIONS,
    REBUILT,
    Alter,
    altered,
    another_scope,
    commit_that_never_landed,
    decision_of_another_command,
)
from tests.chain_of_trust.chains import (
    Json,
    make_chain,
    make_cron_job,
    make_release,
    make_vpn_graph,
)
from tests.environments import program_of_others
from tests.explain.conftest import foreign_transforms

__all__ = ["foreign_transforms"]

#: What is verified: of the push, and of its promotion.
SIGNING = "build-signing-linux64-shippable/opt"
PROMOTED = {
    "mar-signing-linux64-shippable/opt": "signing",
    "mar-signing-l10n-de-linux64-shippable/opt": "signing",
    "beetmover-repackage-de-win64-shippable/opt": "beetmover",
    "beetmover-repackage-macosx64-shippable/opt": "beetmover",
    "balrog-de-linux64-shippable/opt": "balrog",
}
VPN_SIGNING = "signing-linux64"
VPN_EVENTS = ("github-push", "github-pull-request", "github-release", "cron")
BEETMOVER = "beetmover-repackage-macosx64-shippable/opt"


@pytest.fixture(scope="session")
def python() -> str:
    """The interpreter of the environment that has scriptworker."""
    return str(program_of_others("python"))


def verdicts(python: str, chains: Mapping[str, Json], folder: Path) -> Mapping[str, str | None]:
    """What scriptworker says of each chain."""
    source = folder / "chains.json"
    source.write_bytes(orjson.dumps(chains))
    script = Path(__file__).with_name("verify.py")
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [python, str(script), str(source), str(folder / "work")],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    found: Mapping[str, str | None] = orjson.loads(done.stdout)
    return found


@pytest.mark.slow
def test_chain_of_trust_accepts_what_relpro_emits_and_nothing_altered(
    python: str, tmp_path: Path, subtests: pytest.Subtests, foreign_transforms: None
) -> None:
    release = make_release(tmp_path / "release")
    kinds = {SIGNING: "signing", **PROMOTED}
    chains = {label: make_chain(release, label, kind) for label, kind in kinds.items()}
    asked = {
        f"action {action.cb_name}": make_chain(release, action.cb_name, "action")
        for action in ACTIONS
    }
    events = {"cron in hg": make_chain(make_cron_job(release), "decision", "decision")}
    for event in VPN_EVENTS:
        other = make_vpn_graph(tmp_path / event, event)
        events[event] = make_chain(other, VPN_SIGNING, "signing", vpn.HOST, vpn.template())
    chains |= asked | events
    reasons: dict[tuple[str, Alter], str] = {
        (label, alter): words
        for label, table in (
            (SIGNING, {**OF_EVERY_CHAIN, **OF_BUILDS}),
            (BEETMOVER, {**OF_EVERY_CHAIN, **OF_BUILDS, **OF_PROMOTIONS}),
        )
        for alter, words in table.items()
    }
    made_again = {
        **{f"action {action.cb_name}": another_scope for action in ACTIONS},
        **dict.fromkeys(("cron in hg", *VPN_EVENTS), decision_of_another_command),
    }
    reasons |= dict.fromkeys(made_again.items(), REBUILT)
    bad = {f"{label}: {alter.__name__}": altered(chains[label], alter) for label, alter in reasons}
    never_landed = altered(events["github-push"], commit_that_never_landed)
    found = verdicts(python, {**chains, **bad, "never landed": never_landed}, tmp_path)
    with subtests.test(rejected="a commit that never landed"):
        assert "has restricted privilege scope" in (found["never landed"] or "accepted")
    for label in chains:
        with subtests.test(accepted=label):
            assert found[label] is None
    for name, words in zip(bad, reasons.values(), strict=True):
        with subtests.test(rejected=name):
            assert words in (found[name] or "accepted")
