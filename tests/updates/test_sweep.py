"""Sweeps over all clients find each fault that is made, and none where there is none."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import attrs
import pytest

from relpro.updates.answer import Tables, answer
from relpro.updates.clients import cohort, every_client, read_client
from relpro.updates.files import Files
from relpro.updates.following import follow, shares
from relpro.updates.request import Request
from relpro.updates.sweep import Violated, raise_faults, sweep
from tests.updates.world import (
    ALIAS,
    LOCALES,
    PLACE,
    TARGETS,
    release,
    without_locale,
    world,
    write_files,
)


def swept(tables: Tables, folder: Path | None = None) -> set[str]:
    """What a sweep says is wrong."""
    files = Files({PLACE: folder} if folder else {})
    return {fault.what for fault in sweep(tables, files).faults}


def test_a_world_without_fault_has_none(tmp_path: Path) -> None:
    write_files(tmp_path)
    found = sweep(world(), Files({PLACE: tmp_path}))
    assert found.faults == ()
    # Three releases, three names of platforms, three locales, one channel.
    assert found.clients == 3 * 3 * 3
    assert found.offered == {"2.0": 9, "3.0": 9, "nothing": 9}
    assert (found.files, found.unknown) == (2 * len(TARGETS) * len(LOCALES), 0)


def lose_locale(tables: Tables) -> Tables:
    lacking = without_locale(tables.releases["Widget-3.0"], TARGETS[0], "fr")
    return attrs.evolve(tables, releases={**tables.releases, lacking.name: lacking})


def lose_platform(tables: Tables) -> Tables:
    blob = tables.releases["Widget-3.0"].blob
    platforms = {name: said for name, said in blob["platforms"].items() if name != ALIAS}
    lacking = release("3.0", platforms=platforms)
    return attrs.evolve(tables, releases={**tables.releases, lacking.name: lacking})


def lose_address(tables: Tables) -> Tables:
    lacking = release("3.0", fileUrls={"release": {"partials": {}}})
    return attrs.evolve(tables, releases={**tables.releases, lacking.name: lacking})


def hold_everybody(tables: Tables) -> Tables:
    rules = tuple(attrs.evolve(rule, version=None) for rule in tables.rules)
    return attrs.evolve(tables, rules=rules)


def lose_newest(tables: Tables) -> Tables:
    first, second = tables.rules
    return attrs.evolve(tables, rules=(first, attrs.evolve(second, mapping="Widget-4.0")))


def go_back(tables: Tables) -> Tables:
    """The same version built anew, with a build id that sorts as a later text and is no later."""
    blob = tables.releases["Widget-3.0"].blob
    target = TARGETS[0]
    platform = blob["platforms"][target]
    said = {**platform["locales"]["de"], "buildID": "9"}
    locales = {**platform["locales"], "de": said}
    platforms = {**blob["platforms"], target: {**platform, "locales": locales}}
    again = attrs.evolve(release("3.0", platforms=platforms, name="Again"), name="Again")
    first, second = tables.rules
    rules = (first, attrs.evolve(second, mapping="Again"))
    return attrs.evolve(tables, rules=rules, releases={**tables.releases, "Again": again})


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lose_locale, "has no locale `fr`"),
        (lose_platform, "clients are stranded at 2.0, and Widget-3.0 is for them"),
        (lose_address, "clients get HTTP 500: release Widget-3.0 has no address"),
        (hold_everybody, "clients are stranded at 2.0, and Widget-3.0 is for them"),
        (lose_newest, "clients get HTTP 500: there is no release Widget-4.0"),
        (go_back, "clients are led back from 3.0 to 3.0"),
    ],
)
def test_each_fault_is_found(broken: Callable[[Tables], Tables], said: str) -> None:
    found = swept(broken(world()))
    assert found
    assert all(said in what for what in found), found


def test_files_that_are_not_as_told_are_found(tmp_path: Path) -> None:
    write_files(tmp_path)
    missing, shorter, other = (tmp_path / f"3.0/{TARGETS[0]}/{locale}.mar" for locale in LOCALES)
    missing.unlink()
    shorter.write_bytes(shorter.read_bytes()[:-1])
    other.write_bytes(other.read_bytes()[:-1] + b"?")
    found = swept(world(), tmp_path)
    place = f"{PLACE}3.0/{TARGETS[0]}"
    assert found == {
        f"there is no file for {place}/de.mar",
        f"{place}/en-US.mar has 38 bytes, not 39",
        f"{place}/fr.mar has another sha512",
    }
    with pytest.raises(Violated) as raised:
        raise_faults(sweep(world(), Files({PLACE: tmp_path})))
    assert raised.value.exit_code == 1


def test_what_somebody_has_decided_is_no_fault() -> None:
    first, second = world().rules
    stop = attrs.evolve(second, rule_id=3, priority=90, mapping=None, version="2.0")
    assert swept(world(rules=(first, second, stop))) == set()
    assert swept(world(shutoffs=frozenset({("Widget", "release")}))) == set()


def test_a_rollout_only_ever_adds_clients() -> None:
    base = world()
    first, second = base.rules
    offered = []
    for rate in (0, 10, 25, 50, 100):
        rules = (first, attrs.evolve(second, background_rate=rate, fallback_mapping=None))
        tables = attrs.evolve(base, rules=rules)
        clients = [client for client in many_clients() if client.version == "2.0"]
        offered.append({one for one in clients if answer(tables, one, cohort(one)).offer})
    assert all(less <= more for less, more in pairwise(offered))
    shares_of_all = [len(one) / len(offered[-1]) for one in offered]
    assert shares_of_all == pytest.approx([0, 0.1, 0.25, 0.5, 1], abs=0.05)


def many_clients() -> list[Request]:
    """Clients that differ in what no rule asks, such as people's systems."""
    return [
        attrs.evolve(client, os_version=f"Linux {number}")
        for client in every_client(world())
        for number in range(100)
    ]


def test_a_client_stays_in_its_cohort_when_it_updates() -> None:
    for step in follow(world(), client := read_client("1.0/linux64/de/release", world())):
        assert cohort(step.request) == cohort(client)


def test_what_a_client_is_told_is_told_by_cohorts() -> None:
    first, second = world().rules
    rules = (first, attrs.evolve(second, background_rate=25))
    found = shares(world(rules=rules), read_client("2.0/win64/de/release", world()))
    assert [(one.first, one.last, bool(one.answer.offer)) for one in found] == [
        (0, 24, True),
        (25, 99, False),
    ]
