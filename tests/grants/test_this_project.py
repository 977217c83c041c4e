"""Each flavor of this repository needs exactly the scopes that are printed for it."""

from pathlib import Path

import pytest

from relpro.grants.roles import graph_needs, least
from relpro.plan.carry_out import intended_tasks
from relpro.project import Project
from relpro.submit.scopes import AnyOf, Scopes, creation, missing
from relpro.testing.pipelines import MakePipeline
from tests.graphs.test_graphs import FLAVORS, HERE, VARIANTS

ROOT = Path(__file__).resolve().parents[2]

#: Flavor -> the release in whose golden graphs it is.
RELEASES = {
    **{flavor: folder for folder in reversed(FLAVORS) for flavor in FLAVORS[folder]},
    **dict.fromkeys(VARIANTS, "firefox"),
}


def test_no_flavor_is_left_out() -> None:
    assert RELEASES.keys() == Project(ROOT).config.flavors.keys()


@pytest.mark.parametrize("flavor", RELEASES)
def test_nothing_lacks_and_nothing_is_left_over(flavor: str, relpro_pipeline: MakePipeline) -> None:
    pipeline = relpro_pipeline(HERE / RELEASES[flavor] / "parameters.yml", flavor=flavor)
    needs: dict[AnyOf, set[str]] = {}
    for choice, kind in graph_needs(pipeline):
        needs.setdefault(choice, set()).add(kind)
    granted = least(needs)
    wanted = dict.fromkeys(creation(intended_tasks(pipeline)))
    assert missing(Scopes(granted), wanted) == {}
    assert not any(pipeline.parameters["head_rev"] in scope for scope in granted)
    choices = {choice[0]: choice for choice, _kind in wanted}
    for scope in granted:
        without = Scopes(one for one in granted if one != scope)
        lacking = missing(without, wanted)
        assert lacking, scope
        assert all(any(map(Scopes([scope]).satisfy, choices[one])) for one in lacking)
