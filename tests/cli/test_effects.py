"""`relpro effects` and `relpro why PLACE`, and what a plan says of places."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.cli.conftest import Ran, Run

GRAPHS = Path(__file__).parents[1] / "graphs"
DEVEDITION = str(GRAPHS / "devedition" / "parameters.yml")
PROMOTE = ("--phase", "promote", "-p", DEVEDITION)
SHIP = ("--phase", "ship", "-p", DEVEDITION)
BUCKET = "release/pub/devedition"


def rows(ran: Ran) -> Any:
    assert ran.code == 0, ran.err
    return orjson.loads(ran.out)


def test_a_phase_tells_what_it_writes_and_reads(relpro: Run) -> None:
    found = rows(relpro("effects", *SHIP, "--json"))
    assert {(row["does"], row["place"]) for row in found} == {
        ("reads", "alias"),
        ("reads", "blob"),
        ("reads", "download"),
        ("reads", "object"),
        ("reads", "pin"),
        ("reads", "rule"),
        ("reads", "tag"),
        ("reads", "tree-file"),
        ("writes", "alias"),
        ("writes", "package"),
        ("writes", "pin"),
        ("writes", "record"),
        ("writes", "rule"),
        ("writes", "tag"),
        ("writes", "tree-file"),
    }
    written = [row for row in found if row["does"] == "writes"]
    tasks = {row["task"] for row in written if row["place"] == "alias"}
    assert tasks == {"release-bouncer-aliases-devedition"}
    moving = {row["place"] for row in found if row["moves"]}
    assert moving == {"alias", "pin", "rule", "tree-file"}


def test_effects_are_chosen_by_place_key_and_locale(relpro: Run) -> None:
    words = ("effects", *PROMOTE, "--place", "object", "--key", ".*/update/.*mar$")
    for locale in ("de", "xx"):
        head, *lines = relpro(*words, "--locale", locale).out.splitlines()
        assert head.split() == ["does", "place", "key", "task"]
        assert bool(lines) is (locale == "de")
        assert all(".mar" in line and "/de/" in line for line in lines)


def test_a_key_is_matched_from_its_start(relpro: Run) -> None:
    assert len(relpro("effects", *SHIP, "--key", "production/Dev").out.splitlines()) > 1
    assert len(relpro("effects", *SHIP, "--key", "Dev").out.splitlines()) == 1


@pytest.mark.parametrize("pattern", ["(", "(?=x)", "(a){2000}"])
def test_a_key_that_is_no_pattern_is_refused(relpro: Run, pattern: str) -> None:
    ran = relpro("effects", *SHIP, "--key", pattern)
    assert (ran.code, "O604" in ran.err) == (2, True)


def test_index_paths_are_places_and_a_copy_is_told_with_its_source(relpro: Run) -> None:
    found = rows(relpro("effects", "--phase", "push", "-p", DEVEDITION, "--json"))
    (copy,) = (row for row in found if row["does"] == "copies")
    assert copy["source"].startswith(f"{BUCKET}/candidates/")
    assert copy["key"].startswith(f"{BUCKET}/releases/")
    assert any(row["place"] == "index" and ".latest." in row["key"] for row in found)


def test_a_plan_tells_places_first_and_is_asked_for_them(relpro: Run, tmp_path: Path) -> None:
    path = str(tmp_path / "plan.json")
    lines = relpro("plan", *PROMOTE, "-o", path).out.splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("writes "))
    assert at < next(at for at, line in enumerate(lines) if line.startswith("create "))
    assert any(f"object {BUCKET}/candidates/" in line for line in lines)
    assert any("project:releng:beetmover:bucket:release: " in line for line in lines)
    live, saved = (rows(relpro("effects", *of, "--json")) for of in (PROMOTE, (path,)))
    assert live == saved
    assert relpro("plan", path).out.splitlines()[: at + 2] == lines[: at + 2]


def test_a_graph_file_has_the_effects_of_its_tasks(relpro: Run, tmp_path: Path) -> None:
    path = str(tmp_path / "graph.json")
    assert relpro("graph", *PROMOTE, "--format", "json", "-o", path).code == 0
    live, saved = (rows(relpro("effects", *of, "--json")) for of in (PROMOTE, (path,)))
    assert live == saved


def test_a_file_is_shown_as_it_is(relpro: Run, tmp_path: Path) -> None:
    ran = relpro("effects", str(tmp_path), "--phase", "ship")
    assert (ran.code, "leave the other options out" in ran.err) == (2, True)


def test_why_names_who_writes_copies_and_reads_a_place(relpro: Run) -> None:
    found = rows(relpro("effects", *PROMOTE, "--json", "--key", ".*/win64/de/.*[.]exe"))
    key = found[0]["key"]
    copy = re.sub(r"candidates/([^/]+)-candidates/build\d+", r"releases/\1", key)
    lines = [line.strip() for line in relpro("why", f"object {copy}", *SHIP).out.splitlines()]
    assert lines[0] == f"object {copy}"
    assert lines[1].startswith("copied by devedition-push-to-release, phase push, which exists")
    assert lines[2] == f"object {key}"
    assert lines[3].startswith(f"written by {found[0]['task']}, phase promote, which exists")
    assert lines[4].startswith("found by download Devedition-")


def test_a_place_may_be_named_by_its_key_alone(relpro: Run) -> None:
    alias = "production/firefox-devedition-latest-ssl"
    lines = relpro("why", alias, *SHIP).out.splitlines()
    written = "  written by release-bouncer-aliases-devedition, phase ship, which is created"
    assert lines == [f"alias {alias}", written]
