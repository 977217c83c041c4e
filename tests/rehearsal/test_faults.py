"""What goes wrong by a script: the release ships, and is correct, or is stopped with a reason.

A release with each is run by `make rehearsal` alone: it takes minutes. Two of those that ship are
in the rehearsal that `make test` runs.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.errors import Refused
from relpro.rehearsal.faults import FAULTS, SHIPS, STOPS, Fault, Mishaps, Scene
from relpro.rehearsal.happening import sign_off
from tests.cli.conftest import Run, relpro
from tests.embedded.bodies import create
from tests.rehearsal.conftest import first_release, rehearsing

__all__ = ["relpro"]

#: Fault -> what is told of it: the reason why the release is stopped, or what became of it.
TOLD = {
    "task-fails-twice": "two runs of ",
    "queue-lost": " calls to the queue were cut ",
    "claim-expired": "the claim of ",
    "worker-killed": " was killed after ",
    "candidate-changed": "error[U816]: `release/pub/postcard/candidates/",
    "partners-replayed": "`release_partner_config` is given, and no such builds are made",
    "wrong-role": "queue:schedule-task-in-project:signoff/qa",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the postcard, in which keys are made once."""
    folder = tmp_path_factory.mktemp("faults")
    first_release(folder)
    return folder


@pytest.mark.skipif("RELPRO_REHEARSAL" not in os.environ, reason="`make rehearsal` runs it")
@pytest.mark.parametrize("name", FAULTS)
def test_a_release_ships_all_the_same_or_is_stopped(relpro: Run, place: Path, name: str) -> None:
    done = rehearsing(place, place / "postcard", name)
    published = place / "made/latest/published"
    said = done.stdout + done.stderr
    assert TOLD[name] in said
    if FAULTS[name].ends == SHIPS:
        assert done.returncode == 0, done.stderr
        assert "12 files are as stated" in relpro("verify", str(published)).out
    else:
        assert done.returncode in {1, 4}, done.stderr
        assert "Traceback" not in said
        assert not list(published.glob("release/pub/postcard/releases/*"))


def test_a_gate_is_signed_off_by_nobody_but_its_role() -> None:
    with EmbeddedTaskcluster(settings=Settings.at_once()) as service:
        queue = taskcluster.Queue(service.options())
        gate = create(service, queue, projectId="signoff/qa")
        with pytest.raises(Refused) as refused:
            sign_off(service, gate, "somebody-else")
        assert "signoff/qa" in str(refused.value)


def test_what_did_not_go_wrong_is_missed() -> None:
    def strikes_in_push(scene: Scene) -> Iterator[None]:
        while scene.phase != "push":
            yield
        scene.told.append("struck")

    ships = Fault("Something.", SHIPS, strikes_in_push)
    stops = Fault("Another thing.", STOPS, strikes_in_push)
    for fault, missed in ((ships, ()), (stops, (stops,))):
        mishaps = Mishaps(Scene(None), (fault,))  # type: ignore[arg-type] # the script needs none
        mishaps.look("promote", "")
        assert mishaps.missed() == (fault,)
        mishaps.look("push", "")
        assert mishaps.missed() == missed
