from pathlib import Path

import orjson

from tests.cli.conftest import Run

DEVEDITION = str(Path(__file__).parents[1] / "graphs" / "devedition" / "parameters.yml")


def test_a_phase_tells_what_it_writes_and_reads(relpro: Run) -> None:
    ran = relpro("effects", "--phase", "ship", "-p", DEVEDITION, "--json")
    rows = orjson.loads(ran.out)
    assert {(row["does"], row["place"]) for row in rows} == {
        ("reads", "blob"),
        ("reads", "download"),
        ("writes", "alias"),
        ("writes", "record"),
        ("writes", "rule"),
    }
    tasks = {row["task"] for row in rows if row["place"] == "alias"}
    assert tasks == {"release-bouncer-aliases-devedition"}


def test_effects_are_chosen_by_place_key_and_locale(relpro: Run) -> None:
    words = (
        "effects",
        "--phase",
        "promote",
        "-p",
        DEVEDITION,
        "--place",
        "object",
        "--key",
        "mar$",
    )
    for locale in ("de", "xx"):
        head, *rows = relpro(*words, "--locale", locale).out.splitlines()
        assert head.split() == ["does", "place", "key", "task"]
        assert bool(rows) is (locale == "de")
        assert all(".mar" in row and "/de/" in row for row in rows)


def test_a_key_that_is_no_pattern_is_refused(relpro: Run) -> None:
    ran = relpro("effects", "--phase", "ship", "-p", DEVEDITION, "--key", "(")
    assert (ran.code, "O604" in ran.err) == (2, True)
