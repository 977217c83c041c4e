"""`relpro updates simulate`, on a file and on a server."""

from pathlib import Path

import attrs
import pytest

from relpro.updates.server import UpdateServer
from relpro.updates.service import Service
from relpro.updates.state import State
from relpro.updates.store import Store
from tests.cli.conftest import Run
from tests.updates.world import PLACE, VERSIONS, release, world, write_files

BUILD = "20240201000000"
NOTHING = "nothing, by rule widget-release"
NOT_NEWER = " Widget-3.0 is not newer, or not for this platform"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of an update server."""
    return keep(tmp_path / "updates.sqlite")


def keep(path: Path, rate: int = 25) -> Path:
    """Write rules and releases, as a server keeps them."""
    first, second = world().rules
    rules = (first, attrs.evolve(second, background_rate=rate))
    state = State(
        rules={rule.rule_id: rule for rule in rules},
        releases={one.name: one for one in map(release, VERSIONS)},
    )
    store = Store(str(path))
    store.save(store.load(), state)
    store.close()
    return path


def test_a_client_is_told_by_cohorts_and_to_the_end(relpro: Run, path: Path) -> None:
    ran = relpro("updates", "simulate", "--path", str(path), "--client", "2.0/win64/de/release")
    assert ran.code == 0, ran.err
    first, *rest = ran.out.splitlines()
    assert first.startswith(f"2.0/WINNT_x86_64-msvc/de/release (build {BUILD}, cohort ")
    assert rest == [
        "  cohorts 0 to 24: 3.0 (Widget-3.0), by rule widget-release",
        f"    complete {PLACE}3.0/WINNT_x86_64-msvc/de.mar (36 bytes)",
        f"  cohorts 25 to 99: {NOTHING}: only 25 % of clients are offered Widget-3.0 so far",
        f"  who looks for updates: 2.0 -> 3.0, then {NOTHING}:{NOT_NEWER}",
    ]


def test_a_sweep_counts_clients_and_files(relpro: Run, path: Path, tmp_path: Path) -> None:
    write_files(tmp_path / "pub")
    command = ("updates", "simulate", "--path", str(path), "--sweep")
    ran = relpro(*command, "--files", f"{PLACE}={tmp_path / 'pub'}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "27 clients"
    assert ran.out.splitlines()[-1] == "12 offered files looked at"
    assert relpro(*command).out.splitlines()[-1].endswith(", 12 where nobody could look")
    (tmp_path / "pub" / "3.0" / "WINNT_x86_64-msvc" / "de.mar").unlink()
    ran = relpro(*command, "--files", f"{PLACE}={tmp_path / 'pub'}")
    assert ran.code == 1
    assert ran.err.startswith(f"error[U811]: there is no file for {PLACE}3.0/WINNT_x86_64-msvc/de")


def test_a_server_is_asked_for_what_it_has(relpro: Run, path: Path) -> None:
    command = ("updates", "simulate", "--client", "1.0/linux64/fr/release", "--sweep")
    of_file = relpro(*command, "--path", str(path))
    store = Store(str(path))
    with UpdateServer(Service(store).handle) as server:
        of_server = relpro(*command, "--server", server.address)
        busy = relpro(*command, "--path", str(path))
    store.close()
    # No rule leads to 1.0: by the rules alone nobody can know what its clients say.
    assert "27 clients" in of_file.out
    assert "18 clients" in of_server.out
    assert of_server.out.splitlines()[1:3] == of_file.out.splitlines()[1:3]
    assert busy.code == 2
    assert busy.err.startswith("error[U801]: ")


def test_what_cannot_be_asked_is_told(relpro: Run, path: Path) -> None:
    told = {
        "112.0/win64/de": "error[U803]: `112.0/win64/de` is not a client",
        "new/win64/de/release": (
            "error[U803]: client `new/win64/de/release`: `new` is not a version"
        ),
    }
    for client, error in told.items():
        ran = relpro("updates", "simulate", "--path", str(path), "--client", client)
        assert (ran.code, ran.err.splitlines()[0]) == (2, error)
    ran = relpro("updates", "simulate", "--server", "http://127.0.0.1:1", "--sweep")
    assert ran.code == 3
    assert ran.err.startswith("error[U804]: ")
    assert relpro("updates", "simulate", "--sweep").code == 2
    assert relpro("updates", "simulate", "--path", "none.sqlite", "--sweep").code == 2
