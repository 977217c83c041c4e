"""Whatever is written into a tree of kinds, relpro says where it is wrong, or makes a graph."""

from pathlib import Path

import pytest

from tests.kinds.mutations import copy_of_kinds, fault

#: Of each test, and of all tests together; `make soak` tries thousands of others.
_SEEDS, _BATCHES = 75, 4


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_kinds(tmp_path_factory.mktemp("mutated"))


def test_the_tree_itself_makes_a_graph(root: Path) -> None:
    assert fault(root, None) == ""


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_a_mutated_tree_ends_in_a_graph_or_in_located_errors(root: Path, batch: int) -> None:
    seeds = range(batch * _SEEDS, (batch + 1) * _SEEDS)
    assert [found for seed in seeds if (found := fault(root, seed))] == []
