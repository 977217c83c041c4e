import sys

import pytest

from relpro.graph import walk

DEEP = 50_000


def test_order_is_by_position_where_needs_do_not_say_otherwise() -> None:
    assert walk.order([[3], [], [0], []]) == [1, 3, 0, 2]


def test_order_leaves_out_circles_and_what_needs_them() -> None:
    assert walk.order([[1], [0], [0], []]) == [3]


def test_pulled_in_names_the_nearest_dependent() -> None:
    # 0 needs 1 and 2; 1 needs 2 as well; 3 is not reached
    assert walk.pulled_in([[1, 2], [2], [], [2]], [0]) == [0, 0, 0, -1]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_chain_may_be_deeper_than_the_recursion_limit(backwards: bool) -> None:
    assert sys.getrecursionlimit() < DEEP
    last = DEEP - 1
    if backwards:
        edges = [[node + 1] if node < last else [] for node in range(DEEP)]
        assert walk.order(edges) == list(range(last, -1, -1))
        assert -1 not in walk.pulled_in(edges, [0])
    else:
        edges = [[node - 1] if node else [] for node in range(DEEP)]
        assert walk.order(edges) == list(range(DEEP))
        assert -1 not in walk.pulled_in(edges, [last])


def test_a_circle_may_be_as_long_as_the_graph() -> None:
    edges = [[(node + 1) % DEEP] for node in range(DEEP)]
    assert walk.circles(edges, range(DEEP)) == [list(range(DEEP))]


def test_every_circle_is_found_even_through_a_shared_node() -> None:
    edges = [[1, 2], [0], [0], [3]]
    assert walk.circles(edges, range(4)) == [[0, 1], [0, 2], [3]]
