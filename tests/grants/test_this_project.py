"""The release of this repository's example needs exactly the scopes that are printed for it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from relpro.goal import Goal
from relpro.grants.roles import graph_needs, least
from relpro.pipeline import Pipeline
from relpro.plan.carry_out import intended_tasks
from relpro.project import Project
from relpro.submit.scopes import AnyOf, Scopes, creation, missing

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "release"


@pytest.fixture(scope="module")
def release() -> tuple[Project, Mapping[str, Any]]:
    parameters = yaml.safe_load((EXAMPLE / "parameters.yml").read_text())
    return Project(ROOT), {**parameters, **json.loads((EXAMPLE / "history.json").read_text())}


@pytest.mark.parametrize("phase", ["promote", "push", "ship"])
def test_nothing_lacks_and_nothing_is_left_over(
    phase: str, release: tuple[Project, Mapping[str, Any]]
) -> None:
    project, parameters = release
    pipeline = Pipeline.of(project, parameters, Goal(flavor=f"{phase}_firefox"))
    needs: dict[AnyOf, set[str]] = {}
    for choice, kind in graph_needs(pipeline):
        needs.setdefault(choice, set()).add(kind)
    granted = least(needs)
    wanted = dict.fromkeys(creation(intended_tasks(pipeline)))
    assert missing(Scopes(granted), wanted) == {}
    assert not any(parameters["head_rev"] in scope for scope in granted)
    for scope in granted:
        without = Scopes(one for one in granted if one != scope)
        lacking = missing(without, wanted)
        assert lacking, scope
        assert all(one.startswith(scope.removesuffix("*")) for one in lacking)
