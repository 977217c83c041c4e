"""Graphs at random, for properties that hold for every graph."""

from hypothesis import strategies as st

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.testing.factories import make_task

KINDS = ("build", "signing", "docker-image")
OPTIMIZATIONS = (None, None, {"never": None}, {"always": None}, {"index-search": ["found"]})


@st.composite
def random_tasks(draw: st.DrawFn, largest: int = 12) -> list[Task]:
    """Tasks without circles, in any declared order."""
    count = draw(st.integers(0, largest))
    labels = [f"t-{number}" for number in range(count)]
    tasks = []
    for number, label in enumerate(labels):
        needs = (
            draw(st.lists(st.sampled_from(labels[:number]), unique=True, max_size=3))
            if number
            else []
        )
        soft = (
            draw(st.lists(st.sampled_from(labels[:number]), unique=True, max_size=1))
            if number
            else []
        )
        conditions = (
            draw(st.lists(st.sampled_from(needs), unique=True, max_size=2)) if needs else []
        )
        tasks.append(
            make_task(
                label,
                *needs,
                kind=draw(st.sampled_from(KINDS)),
                soft_dependencies=[one for one in soft if one not in needs],
                if_dependencies=conditions if draw(st.booleans()) else [],
                optimization=draw(st.sampled_from(OPTIMIZATIONS)),
                definition={"payload": {"env": {n: {"task-reference": f"<{n}>"} for n in needs}}},
            )
        )
    return draw(st.permutations(tasks))


def random_graphs(largest: int = 12) -> st.SearchStrategy[TaskGraph]:
    """Graphs of random tasks."""
    return random_tasks(largest).map(TaskGraph.build)
