"""Whatever others write, it ends in what is right or in coded errors with their places."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fuzz.running import faults
from tests.fuzz.sorts import SORTS

#: Of each test; `make soak` tries thousands of others.
_SEEDS = 40
#: Kinds are what is written most, and a release takes longest.
_TESTS = [(sort, batch) for sort in SORTS for batch in range(3 if sort == "kinds" else 1)]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(("sort", "batch"), _TESTS)
def test_a_changed_document_ends_in_what_is_right_or_in_located_errors(
    sort: str, batch: int, tmp_path: Path, stack: ExitStack
) -> None:
    case = SORTS[sort](tmp_path, stack)
    seeds = range(batch * _SEEDS, (batch + 1) * _SEEDS)
    assert list(faults(sort, case, seeds)) == []
