"""Many tasks at once: by the asynchronous client, and in graphs of any shape."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import taskcluster
import taskcluster.aio
from hypothesis import given, settings
from hypothesis import strategies as st

from relpro.embedded import EmbeddedTaskcluster, Settings
from tests.embedded.bodies import create, definition, new_id

OUTCOMES = ("completed", "failed", "internal-error")


def test_many_tasks_are_created_over_few_connections(service: EmbeddedTaskcluster) -> None:
    group, task_ids = new_id(), [new_id() for _ in range(300)]
    body = definition(service, taskGroupId=group)

    async def submit() -> None:
        connector = aiohttp.TCPConnector(limit=10)
        async with aiohttp.ClientSession(connector=connector) as session:
            queue = taskcluster.aio.Queue(service.options(), session=session)
            await asyncio.gather(*(queue.createTask(task_id, body) for task_id in task_ids))

    asyncio.run(submit())
    assert set(service.tasks(group)) == set(task_ids)
    assert set(service.states(group).values()) == {"pending"}
    assert service.most_connections <= 10
    assert [call.status for call in service.calls] == [200] * 300


#: For each task: which earlier tasks it depends on, what it requires, and what becomes of it.
GRAPHS = st.lists(
    st.tuples(
        st.frozensets(st.integers(0, 7), max_size=3),
        st.sampled_from(["all-completed", "all-resolved"]),
        st.sampled_from(OUTCOMES),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(GRAPHS)
def test_tasks_of_any_graph_run_exactly_if_their_dependencies_allow_it(graph: Any) -> None:
    with EmbeddedTaskcluster(settings=Settings.at_once()) as service:
        queue = taskcluster.Queue(service.options())
        task_ids: list[str] = []
        for needs, requires, _ in graph:
            upstream = [task_ids[i] for i in sorted(needs) if i < len(task_ids)]
            task_ids.append(create(service, queue, dependencies=upstream, requires=requires))
        outcomes = dict(zip(task_ids, (outcome for _, _, outcome in graph), strict=True))
        service.complete_all(outcome=lambda task_id, _: outcomes[task_id])
        assert list(service.states().values()) == _expected(graph)


def _expected(graph: Any) -> list[str]:
    states: list[str] = []
    for needs, requires, outcome in graph:
        upstream = [states[i] for i in needs if i < len(states)]
        enough = {"completed"} if requires == "all-completed" else {"completed", *RESOLVED}
        runs = set(upstream) <= enough
        states.append(STATE[outcome] if runs else "unscheduled")
    return states


RESOLVED = ("failed", "exception")
STATE: Mapping[str, str] = {
    "completed": "completed",
    "failed": "failed",
    "internal-error": "exception",
}
