"""Graphs whose shape is hard on whoever recurses, or scans all that is left at every step."""

import sys

import pytest

from relpro.embedded import EmbeddedTaskcluster
from relpro.submit.create import create_tasks
from relpro.submit.intended import encode_bodies
from tests.submit.graphs import GROUP, created, now_of, queue_of, tasks


def test_a_chain_longer_than_python_recurses_is_created(service: EmbeddedTaskcluster) -> None:
    length = 2 * sys.getrecursionlimit()
    chain = {f"t-{n}": [f"t-{n - 1}"] if n else [] for n in range(length)}
    intended, now = tasks(chain), now_of(service)
    outcome = create_tasks(queue_of(service), intended, encode_bodies(intended, now))
    assert outcome.created == tuple(range(length))
    assert created(service) == list(chain)


def test_a_task_that_needs_thousands_of_others_comes_last(service: EmbeddedTaskcluster) -> None:
    fan = {f"t-{n}": list[str]() for n in range(2500)}
    intended, now = tasks({**fan, "last": list(fan)}), now_of(service)
    queue = queue_of(service)
    outcome = create_tasks(queue, intended, encode_bodies(intended, now))
    assert len(outcome.created) == 2501
    assert outcome.created[-1] == 2500
    listed = {one["task"]["metadata"]["name"] for one in queue.group_members(GROUP)}
    assert listed == {"decision", "last", *fan}


@pytest.mark.parametrize("length", [1, 5000])
def test_whatever_needs_a_refused_task_is_skipped(
    service: EmbeddedTaskcluster, length: int
) -> None:
    chain = {f"t-{n}": [f"t-{n - 1}"] if n else [] for n in range(length + 1)}
    intended = tasks(chain)
    bodies = [b"{}", *encode_bodies(intended[1:], now_of(service))]
    outcome = create_tasks(queue_of(service), intended, bodies)
    assert list(outcome.failed) == [0]
    assert outcome.skipped == dict.fromkeys(range(1, length + 1), 0)
