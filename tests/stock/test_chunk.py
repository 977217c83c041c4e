import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.stock.chunk import parts, split
from tests.stock.chains import names, refusal, run, skipped


def test_equal_parts_are_numbered_from_one() -> None:
    made = run("chunk", 't: {chunks: {total: 2}, attributes: {of: "{this-chunk}/{total-chunks}"}}')
    assert names(made) == ["t-1", "t-2"]
    assert [t.attributes["of"] for t in made.tasks] == ["1/2", "2/2"]
    chunks = [(t.attributes["this_chunk"], t.attributes["total_chunks"]) for t in made.tasks]
    assert chunks == [(1, 2), (2, 2)]


def test_a_list_is_cut_into_pieces_of_at_most_so_many_items() -> None:
    entry = 't: {chunks: {of: "{partial-versions}", per-task: 2}, attributes: {i: "{chunk-items}"}}'
    made = run("chunk", entry, parameters={"partial_versions": ["a", "b", "c"]})
    assert [t.attributes["i"] for t in made.tasks] == [["a", "b"], ["c"]]


def test_a_list_is_cut_into_no_more_pieces_than_it_has_items() -> None:
    made = run("chunk", "t: {chunks: {of: [a, b], total: 5}}")
    assert names(made) == ["t-1", "t-2"]


def test_an_empty_list_makes_no_task_and_says_so() -> None:
    made = run("chunk", 't: {chunks: {of: "{partial-versions}", per-task: 2}}')
    assert skipped(made) == {"kind-t": "there is nothing to split into chunks"}


def test_the_number_of_chunks_may_be_keyed() -> None:
    keyed = "chunks: {total: {by-build-platform: {mac: 3, default: 1}}, set-name: false}"
    assert names(run("chunk", f"t: {{{keyed}}}")) == ["t"]
    mac = f"t: {{attributes: {{build-platform: mac}}, {keyed}}}"
    assert names(run("chunk", mac)) == ["t"] * 3


@pytest.mark.parametrize(
    ("section", "what", "key"),
    [
        ("{total: 0}", "`total` is not a whole number from 1", "total"),
        ("{total: '{version}'}", '`total` must be a whole number, got ""', "total"),
        ("{}", "`total` is missing", "total"),
        ("{of: [a]}", "`per-task` is missing", "per-task"),
        ("{of: '{version}', per-task: 1}", '`of` must be a list, got ""', "of"),
    ],
)
def test_what_cannot_be_split_is_refused(section: str, what: str, key: str) -> None:
    found = refusal("chunk", f"t: {{chunks: {section}}}")
    assert (found.what, found.where[0].path) == (what, ("chunks", key))


@given(st.lists(st.integers()), st.integers(1, 9))
def test_pieces_are_contiguous_balanced_and_as_few_as_can_be(
    items: list[int], per_task: int
) -> None:
    pieces = split(items, per_task)
    assert [item for piece in pieces for item in piece] == items
    sizes = [len(piece) for piece in pieces]
    assert sizes == sorted(sizes, reverse=True)
    assert not sizes or (sizes[0] <= per_task and sizes[0] - sizes[-1] <= 1)
    assert len(pieces) == -(-len(items) // per_task)


@given(st.lists(st.integers()), st.integers(1, 9))
def test_there_are_as_many_parts_as_asked_for(items: list[int], count: int) -> None:
    assert len(parts(items, count)) == count


def test_earlier_chunks_get_the_remainder() -> None:
    assert split("abcdefg", 3) == (("a", "b", "c"), ("d", "e"), ("f", "g"))


@pytest.mark.parametrize(("locales", "tasks"), [(0, 0), (5, 1), (6, 2), (97, 20), (106, 22)])
def test_five_locales_a_task_make_as_many_tasks_as_releases_have(locales: int, tasks: int) -> None:
    assert len(split(range(locales), 5)) == tasks
