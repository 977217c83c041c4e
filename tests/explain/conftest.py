"""The small project of `tests/adopter`, as it is released."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from relpro.model.phase import Phase
from relpro.pipeline import Goal, Pipeline
from relpro.project import Project

NOTES = Path(__file__).parents[1] / "adopter" / "repo"
RELEASE = NOTES / "tests" / "release.yml"

Release = Callable[..., Pipeline]


@pytest.fixture
def release(foreign_transforms: None) -> Release:
    """Gives the pipeline of a phase of the release; keywords change its parameters."""

    def make(phase: str | None = None, fresh: bool = False, **changes: Any) -> Pipeline:
        values = {**yaml.safe_load(RELEASE.read_text()), **changes}
        goal = Goal(Phase(phase) if phase else None, fresh=fresh)
        return Pipeline.of(Project.find(NOTES), values, goal)

    return make


@pytest.fixture
def foreign_transforms() -> Iterator[None]:
    """Room for the transforms of another project under the name that ours have."""
    ours = {name: module for name, module in sys.modules.items() if _is_transform(name)}
    for name in ours:
        del sys.modules[name]
    yield
    for name in [name for name in sys.modules if _is_transform(name)]:
        del sys.modules[name]
    sys.modules.update(ours)


def _is_transform(name: str) -> bool:
    return name.partition(".")[0] == "transforms"
