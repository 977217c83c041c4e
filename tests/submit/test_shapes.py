"""Graphs whose shape is hard on whoever recurses, or scans all that is left at every step."""

import pytest

from relpro.embedded import EmbeddedTaskcluster
from relpro.submit.create import create_tasks
from relpro.submit.intended import encode_bodies
from tests.submit.graphs import GROUP, created, now_of, queue_of, tasks


def test_a_chain_of_five_thousand_tasks_is_created(service: EmbeddedTaskcluster) -> None:
    chain = {f"t-{n}": [f"t-{n - 1}"] if n else [] for n in range(5000)}
    intended, now = tasks(chain), now_of(service)
    outcome = create_tasks(queue_of(service), intended, encode_bodies(intended, now))
    assert outcome.created == tuple(range(5000))
    assert created(service) == list(chain)


def test_a_task_that_needs_nine_thousand_others_comes_last(service: EmbeddedTaskcluster) -> None:
    fan = {f"t-{n}": list[str]() for n in range(9000)}
    intended, now = tasks({**fan, "last": list(fan)}), now_of(service)
    queue = queue_of(service)
    outcome = create_tasks(queue, intended, encode_bodies(intended, now))
    assert len(outcome.created) == 9001
    assert outcome.created[-1] == 9000
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
