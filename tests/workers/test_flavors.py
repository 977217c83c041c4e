"""Each task of each flavor of this project is one that its script takes."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from relpro.goal import Goal
from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.testing.pipelines import MakePipeline
from relpro.verify.scripts import SCRIPTS
from tests.graphs.test_graphs import FLAVORS, HERE, PUSHES, VARIANTS
from tests.kinds.conftest import ROOT
from tests.kinds.partner_configs import ATTRIBUTION, CONFIG, ON

#: Name -> (folder of the parameters, what else is asked for).
RUNS: dict[str, tuple[str, dict[str, Any]]] = {
    **{flavor: (folder, {"flavor": flavor}) for folder in FLAVORS for flavor in FLAVORS[folder]},
    **{flavor: ("firefox", {"flavor": flavor}) for flavor in VARIANTS},
    **{name: (str(Path(name).parent), said) for name, said in PUSHES.items()},
}
#: What no script runs.
WITHOUT_SCRIPTS = {"nightly/bouncer-check"}


def refused(pipeline: Pipeline) -> list[str]:
    """What the demands of scripts find in the bodies as they would be submitted."""
    return [
        f"{task.label}: {problem}"
        for task in pipeline.morphed.graph
        if task.implementation in SCRIPTS
        for demand in SCRIPTS[task.implementation].demands
        for problem in demand.check(task.definition)
    ]


@pytest.mark.parametrize("name", RUNS)
def test_every_task_of_a_flavor_is_taken(name: str, relpro_pipeline: MakePipeline) -> None:
    folder, said = RUNS[name]
    pipeline = relpro_pipeline(HERE / folder / "parameters.yml", **said)
    assert refused(pipeline) == []
    has_scripts = any(task.implementation in SCRIPTS for task in pipeline.morphed.graph)
    assert has_scripts == (name not in WITHOUT_SCRIPTS)


def test_every_partner_task_is_taken(relpro_pipeline: MakePipeline) -> None:
    values = dict(relpro_pipeline.read(HERE / "firefox" / "parameters.yml"))
    platforms = ["linux64", "macosx64", "win32", "win64"]
    locales = {"de": platforms, "fr": platforms, "ja": platforms, "ja-JP-mac": ["macosx64"]}
    (campaign,) = CONFIG[ATTRIBUTION]["configs"]
    campaign = {**campaign, "platforms": ["win32-shippable", "macosx64-shippable"]}
    attribution = {**CONFIG[ATTRIBUTION], "configs": [campaign]}
    values |= {
        **ON,
        "release_partner_config": {**CONFIG, ATTRIBUTION: attribution},
        "l10n_changesets": {
            name: {"pin": False, "platforms": some, "revision": "a" * 40}
            for name, some in locales.items()
        },
    }
    pipeline = Pipeline.of(Project.find(ROOT), values, Goal(flavor="promote_firefox"))
    assert refused(pipeline) == []
    kinds = Counter(task.kind for task in pipeline.morphed.graph)
    assert kinds["release-partner-repack-beetmover"] > 0
    assert kinds["release-eme-free-repack-beetmover"] > 0
