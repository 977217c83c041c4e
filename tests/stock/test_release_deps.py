from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relpro.model.phase import PHASES
from tests.stock.chains import refusal, run, task


def edges(entry: str, *attributes: Mapping[str, Any]) -> list[str]:
    upstream = [task("b", str(n), **one) for n, one in enumerate(attributes)]
    (made,) = run("release_deps", entry, upstream, depends=["b"]).tasks
    assert all(name == label for name, label in made.dependencies.items())
    return [label[-1] for label in made.dependencies.values()]


def test_only_tasks_of_the_same_product_are_taken() -> None:
    browser, editor = ({"shipping_product": product} for product in ("browser", "editor"))
    entry = "t: {shipping-product: browser, release-deps: {}}"
    assert edges(entry, browser, editor, {}) == ["0"]
    assert edges("t: {release-deps: {}}", browser, editor, {}) == ["2"]


def test_tasks_of_a_later_phase_are_not_taken() -> None:
    phases: list[dict[str, Any]] = [{"shipping_phase": phase} for phase in (*PHASES, None)]
    assert edges("t: {release-deps: {}}", *phases) == ["0", "1", "4"]
    assert edges("t: {shipping-phase: ship, release-deps: {}}", *phases) == list("01234")


def test_platforms_must_agree_only_where_both_sides_have_one() -> None:
    upstream: list[dict[str, Any]] = [
        {"build_platform": "linux"},
        {"build_platform": "mac"},
        {},
    ]
    assert edges("t: {release-deps: {}, attributes: {build-platform: mac}}", *upstream) == list(
        "12"
    )
    assert edges("t: {release-deps: {}}", *upstream) == list("012")


def test_what_is_taken_can_be_narrowed() -> None:
    entry = "t: {release-deps: {with-attributes: {rank: 1}}}"
    assert edges(entry, {"rank": 1}, {"rank": 2}) == ["0"]
    found = refusal("release_deps", "t: {release-deps: {kinds: [c]}}", depends=["b"])
    assert found.what == "`c` is not a kind-dependency"


def test_a_task_that_is_an_edge_already_is_not_added_twice() -> None:
    entry = "t: {from-deps: {group-by: all, with-attributes: {rank: 1}}, release-deps: {}}"
    upstream = [task("b", "0", rank=1), task("b", "1", rank=2)]
    (made,) = run("from_deps release_deps", entry, upstream).tasks
    assert made.dependencies == {"b": "b-0", "b-1": "b-1"}


@given(st.sampled_from(PHASES), st.sampled_from(PHASES))
def test_no_edge_leads_to_a_later_phase(own: str, theirs: str) -> None:
    found = edges(f"t: {{shipping-phase: {own}, release-deps: {{}}}}", {"shipping_phase": theirs})
    assert bool(found) == (PHASES.index(theirs) <= PHASES.index(own))
