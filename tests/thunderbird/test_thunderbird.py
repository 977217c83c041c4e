"""Thunderbird, a second project: the transforms are Firefox's, all else is configuration.

Its kinds are in `kinds/` beside this file; docs/reference/today.md lists what had to be copied.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.testing.pipelines import MakePipeline
from relpro.testing.plugin import GoldenGraph

HERE = Path(__file__).parent
#: Release type -> what a release of it is called.
RELEASES: Mapping[str, Mapping[str, str]] = {
    "beta": {
        "project": "comm-beta",
        "version": "154.0b2",
        "app_version": "154.0",
        "next_version": "154.0b3",
    },
    "esr153": {
        "project": "comm-esr153",
        "version": "153.1.0esr",
        "app_version": "153.1.0",
        "next_version": "153.2.0esr",
    },
}


@pytest.fixture(scope="module")
def make() -> MakePipeline:
    # A second project has them from the Python path: here they are those of this repository.
    Project(HERE.parents[1]).import_transforms()
    return MakePipeline(Project(HERE))


def payload(pipeline: Pipeline, label: str) -> Mapping[str, Any]:
    body: Mapping[str, Any] = pipeline.morphed.body(label)["payload"]
    return body


@pytest.mark.parametrize("phase", ["promote", "push", "ship"])
def test_a_release_creates_what_was_reviewed(
    phase: str, make: MakePipeline, golden_graph: GoldenGraph
) -> None:
    pipeline = make("parameters.yml", flavor=f"{phase}_thunderbird")
    golden_graph(pipeline.morphed.graph, f"graphs/{phase}")


@pytest.mark.parametrize(
    ("release_type", "rules", "rate", "alias", "files"),
    [
        ("beta", [43], 25, "thunderbird-beta-latest", 1),
        ("esr153", [18095], None, "thunderbird-esr-latest", 2),
    ],
)
def test_other_types_of_release_are_rows(
    release_type: str,
    rules: list[int],
    rate: int | None,
    alias: str,
    files: int,
    make: MakePipeline,
) -> None:
    said: dict[str, Any] = {**RELEASES[release_type], "release_type": release_type}
    shipped = make("parameters.yml", flavor="ship_thunderbird", **said)
    scheduled = payload(shipped, "release-balrog-scheduling-thunderbird")
    assert (scheduled["publish_rules"], scheduled.get("background_rate")) == (rules, rate)
    aliases = payload(shipped, "release-bouncer-aliases-thunderbird")["aliases_entries"]
    assert alias in aliases
    bump = payload(shipped, "release-version-bump-thunderbird")
    assert bump["lando_repo"] == f"thunderbird-desktop-{release_type}"
    assert len(bump["version_bump_info"]["files"]) == files
    assert bump["tag_info"]["hg_repo_url"].startswith("https://hg.mozilla.org/releases/comm-")


def test_it_is_built_of_two_repositories(make: MakePipeline) -> None:
    pipeline = make("parameters.yml", target_tasks_method="default")
    assert "pin-verify" in pipeline.target.labels
    env = payload(pipeline, "build-linux64-shippable/opt")["env"]
    assert (env["COMM_HEAD_REPOSITORY"], env["GECKO_HEAD_REPOSITORY"]) == (
        "https://hg.mozilla.org/releases/comm-release",
        "https://github.com/mozilla-firefox/firefox",
    )
    assert env["GECKO_HEAD_REV"] == pipeline.parameters["gecko_rev"]


def test_a_staging_release_touches_nothing_of_production(make: MakePipeline) -> None:
    said: dict[str, Any] = {"project": "try-comm-central", "level": "1", "release_type": "release"}
    scopes = {
        scope
        for phase in ("promote", "push", "ship")
        for task in make("parameters.yml", flavor=f"{phase}_thunderbird", **said).morphed.graph
        for scope in task.definition.get("scopes", ())
        if ":server:" in scope or ":bucket:" in scope or ":cert:" in scope or ":repo:" in scope
    }
    prefix = "project:comm:thunderbird:releng"
    assert scopes == {
        f"{prefix}:balrog:server:dep",
        f"{prefix}:beetmover:bucket:dep",
        f"{prefix}:bouncer:server:staging",
        f"{prefix}:ship-it:server:staging",
        f"{prefix}:signing:cert:dep-signing",
        "project:releng:lando:repo:staging-thunderbird-desktop-release",
    }
