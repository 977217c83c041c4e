"""Pipelines of one session take kinds from each other."""

from pathlib import Path

import pytest

from relpro.errors import RelproError
from relpro.testing.pipelines import MakePipeline
from tests.actions.small_project import PARAMETERS, write_project


def test_a_pipeline_takes_kinds_from_those_that_saw_the_same(tmp_path: Path) -> None:
    make = MakePipeline(write_project(tmp_path))
    ship, push, other = (
        make(PARAMETERS, phase="ship"),
        make(PARAMETERS, phase="push"),
        make(PARAMETERS, phase="push", owner="x@example.com"),
    )
    assert ship.made["build"] is not push.made["build"], "neither was made when the other was asked"
    again = make(PARAMETERS, phase="promote")
    assert again.made == {**again.made, **ship.made}
    assert all(again.made[name] is kind for name, kind in ship.made.items())
    assert all(other.made[name] is not kind for name, kind in ship.made.items())
    assert other.full["build-linux64"].definition["metadata"]["owner"] == "x@example.com"


def test_a_pipeline_that_is_wrong_lends_nothing(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    path = tmp_path / "kinds" / "ship" / "announce.yml"
    keyed = "description: {by-owner: {release@example.com: Announce}}\n    w"
    path.write_text(path.read_text().replace("description: Announce\n    w", keyed))
    make = MakePipeline(project)
    wrong = make(PARAMETERS, phase="ship", owner="x@example.com")
    with pytest.raises(RelproError, match="T402"):
        _ = wrong.made
    right = make(PARAMETERS, phase="ship")
    assert right.full["announce-app"].description == "Announce"
