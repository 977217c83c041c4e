"""Which name was meant by one that stands for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.model.nearest import nearest, of_which_it_is_part

_NAMES = ("signing", "beetmover", "kind-dependencies", "worker-type", "worker")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sigining", "signing"),
        ("kind-dependancies", "kind-dependencies"),
        ("worker_type", "worker-type"),
        ("workr", "worker"),
        ("balrog", None),
        ("", None),
    ],
)
def test_a_close_name_is_found_and_a_far_one_is_not(name: str, meant: str | None) -> None:
    assert nearest(name, _NAMES) == meant


def test_of_two_names_that_are_equally_close_neither_is_meant() -> None:
    assert nearest("build-x", ["build-a", "build-b"]) is None
    assert nearest("build-x", ["build-a", "build-a"]) == "build-a"


def test_where_there_are_no_names_none_is_meant() -> None:
    assert nearest("build", []) is None


@given(st.text("abc-", max_size=6), st.lists(st.text("abc-", max_size=6)), st.randoms())
def test_the_order_of_the_names_does_not_matter(
    name: str, names: list[str], random: object
) -> None:
    shuffled = sorted(names, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert nearest(name, names) == nearest(name, shuffled)


@given(st.text("abc-", min_size=1, max_size=6), st.lists(st.text("abc-", max_size=6)))
def test_a_name_that_exists_is_its_own_nearest(name: str, names: list[str]) -> None:
    assert nearest(name, [*names, name]) == name


def test_a_part_of_a_few_names_leads_to_them() -> None:
    known = ["this-chunk", "l10n-chunk", "chunks", "build-type", "release-type"]
    assert of_which_it_is_part("chunk", known) == "did you mean `l10n-chunk` or `this-chunk`?"
    assert of_which_it_is_part("chunk", ["chunks"]) == ""
    assert of_which_it_is_part("a", ["a-b", "a-c", "a-d", "a-e"]) == ""
