"""Labels, and the numbers in them, are written in one place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.model.label import chunk_number, label_of, of_all_chunks, of_chunk, of_locale
from relpro.project import Project
from tests.stock.chains import names, run, task

CHUNKED = {
    "chunk": "a/opt: {chunks: {total: 1}}",
    "dummy": "a: {fan-in: {group-by: all}}",
    "locales": "a/opt: {locales: {platform: x, per-task: 5, changesets: {de: {platforms: [x]}}}}",
}
UPSTREAM = [task("up", "linux", build_platform="linux", shipping_product="browser")]


@given(st.sampled_from(["linux", "linux/opt", "linux-3/opt", "linux/"]), st.integers(1, 300))
def test_the_number_of_a_chunk_can_be_taken_off_a_name_again(name: str, chunk: int) -> None:
    assert of_all_chunks(of_chunk(name, chunk), chunk_number(chunk)) == name


def test_a_label_has_kind_stem_number_and_type() -> None:
    name = of_chunk("linux64/opt", 3)
    assert label_of("l10n", name) == "l10n-linux64-3/opt"
    assert of_locale(of_all_chunks(name, "3"), "de") == "de-linux64/opt"


@pytest.mark.parametrize("transform", CHUNKED)
def test_zeros_before_the_numbers_of_chunks_are_written_in_one_place(
    transform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relpro.model.label.DIGITS", 3)
    (name,) = names(run(transform, CHUNKED[transform], UPSTREAM))
    assert "-001" in name


def test_no_kind_writes_the_number_of_a_chunk_itself() -> None:
    kinds = Project.find(Path(__file__).parent).kinds.values()
    entries = [entry for kind in kinds for entry in kind.entries]
    written = [(one.origin("name"), one.data.get("name"), one.data.get("label")) for one in entries]
    assert [one for one in written if "{this-chunk}" in str(one[1:])] == []
