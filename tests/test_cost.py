"""What a generation costs, in numbers that no busy machine changes: calls and memory blocks.

The bounds are some 15 % above what it costs with Python 3.11; later ones make fewer calls. Where a
change is worth what it costs, raise the bound; where nobody meant to pay, the change is wrong.
"""

import gc
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import attrs
import pytest

from relpro.graph.files import write_json
from relpro.parameters.read import read_parameter_file
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.performance import ours
from tests.performance.shape import Shape

#: Stage -> Python calls for each task that it may take, by whether kinds are joined by fetches.
BOUNDS = {
    "full": (175, 188),
    "target": (7, 7),
    "optimized": (10, 10),
    "morphed": (82, 82),
    "json": (3.5, 3.5),
}
STAGES: dict[str, Callable[[Pipeline], object]] = {
    "full": lambda pipeline: pipeline.full,
    "target": lambda pipeline: pipeline.target,
    "optimized": lambda pipeline: pipeline.optimized,
    "morphed": lambda pipeline: pipeline.morphed,
    "json": lambda pipeline: write_json(pipeline.morphed.texts.items(), io.BytesIO()),
}
#: Blocks of memory for each task, while every stage is alive.
BLOCKS = 46


@attrs.frozen
class Cost:
    """Calls of each stage, and blocks alive at the end, both for each task."""

    calls: dict[str, float]
    blocks: float


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Cost]:
    """Measures a synthetic release of a number of tasks, each only once."""
    known: dict[Shape, Cost] = {}

    def measure(tasks: int, *, fetches: bool = False) -> Cost:
        shape = Shape.of(tasks, fetches=fetches)
        if shape not in known:
            root = tmp_path_factory.mktemp("release")
            ours.write(shape, root)
            known[shape] = _cost(root, shape.size)
        return known[shape]

    measure(100)  # what is made once in a process is no cost of a task
    measure(100, fetches=True)
    return measure


def _cost(root: Path, tasks: int) -> Cost:
    pipeline = Pipeline.of(Project.find(root), read_parameter_file(root / "params.json").values)
    gc.collect()
    before = sys.getallocatedblocks()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("relpro.fork.LARGE", tasks + 1)  # calls in a fork are not seen here
        calls = {name: _count_calls(stage, pipeline) / tasks for name, stage in STAGES.items()}
    gc.collect()
    return Cost(calls, (sys.getallocatedblocks() - before) / tasks)


def _count_calls(stage: Callable[[Pipeline], object], pipeline: Pipeline) -> int:
    calls = 0

    def count(_frame: FrameType, event: str, _value: object) -> None:
        nonlocal calls
        calls += event == "call"

    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        stage(pipeline)
    finally:
        sys.setprofile(previous)
    return calls


@pytest.mark.parametrize("stage", list(STAGES))
@pytest.mark.parametrize("fetches", [False, True])
def test_a_stage_takes_no_more_calls_for_a_task_than_it_did(
    costs: Callable[..., Cost], stage: str, fetches: bool
) -> None:
    assert costs(1_000, fetches=fetches).calls[stage] <= BOUNDS[stage][fetches]


def test_a_generation_keeps_no_more_memory_for_a_task_than_it_did(
    costs: Callable[..., Cost],
) -> None:
    assert costs(1_000).blocks <= BLOCKS


@pytest.mark.parametrize("fetches", [False, True])
def test_four_times_the_tasks_take_four_times_the_calls(
    costs: Callable[..., Cost], fetches: bool
) -> None:
    few, many = costs(1_000, fetches=fetches).calls, costs(4_000, fetches=fetches).calls
    grown = {stage: many[stage] / few[stage] for stage in STAGES}
    assert all(growth <= 1.05 for growth in grown.values()), grown
