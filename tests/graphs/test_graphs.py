"""Golden graphs of this project: what every flavor creates, small enough to be reviewed.

A folder holds the parameters of one release, with three locales, and below it the graph of each
flavor. `pytest tests/graphs --golden-update` writes them anew.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relpro.graph.difference.difference import diff
from relpro.graph.taskgraph import TaskGraph
from relpro.model.phase import Phase
from relpro.testing.golden import kinds_text
from relpro.testing.pipelines import MakePipeline
from relpro.testing.plugin import GoldenGraph

#: Folder -> the flavors whose graphs stand in it.
FLAVORS = {
    "firefox": ("promote_firefox", "push_firefox", "ship_firefox"),
    "firefox-esr": ("promote_firefox", "ship_firefox"),
    "firefox-beta": ("ship_firefox",),
    "devedition": ("promote_devedition", "push_devedition", "ship_devedition"),
    "android": ("promote_android", "push_android", "ship_android"),
}
#: Flavors that are variants of another: of these, what the other creates as well is left out.
VARIANTS = {
    "promote_firefox_rc": "promote_firefox",
    "ship_firefox_rc": "ship_firefox",
    "promote_firefox_partner_repack": "promote_firefox",
    "promote_firefox_partner_attribution": "promote_firefox",
}
#: What a push and jobs of cron create: graph -> target method, by default the branch's own.
PUSHES: dict[str, dict[str, Any]] = {
    "nightly/push": {},
    "nightly/cron": {"target_tasks_method": "nightly_desktop", "tasks_for": "cron"},
    "nightly/bouncer-check": {"target_tasks_method": "cron_bouncer_check", "tasks_for": "cron"},
    "nightly/l10n-bump": {"target_tasks_method": "l10n_bump", "tasks_for": "cron"},
    "firefox-beta/daily-releases": {"target_tasks_method": "daily_releases", "tasks_for": "cron"},
}
#: The same, without the builds, which are those of `nightly/push`.
PUBLISHED: dict[str, dict[str, Any]] = {
    "nightly/android": {"target_tasks_method": "nightly_android", "tasks_for": "cron"},
}
#: A staging release, of which kinds, pools and scopes are kept: the tasks are those of its branch.
STAGING: dict[str, dict[str, Any]] = {
    "build": {"target_tasks_method": "staging_release_builds"},
    "promote": {"flavor": "promote_firefox"},
    "push": {"flavor": "push_firefox"},
    "ship": {"flavor": "ship_firefox"},
}
#: A release of full size, of which only numbers and digests are kept.
FULL_SIZE = {
    "promote": "promote_firefox",
    "push": "push_firefox",
    "ship": "ship_firefox",
}
HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("folder", "flavor"), [(folder, flavor) for folder in FLAVORS for flavor in FLAVORS[folder]]
)
def test_a_flavor_creates_what_was_reviewed(
    folder: str, flavor: str, relpro_pipeline: MakePipeline, golden_graph: GoldenGraph
) -> None:
    pipeline = relpro_pipeline(HERE / folder / "parameters.yml", flavor=flavor)
    golden_graph(pipeline.morphed.graph, f"{folder}/{flavor}")


@pytest.mark.parametrize("flavor", VARIANTS)
def test_a_variant_of_a_flavor_creates_besides_what_was_reviewed(
    flavor: str, relpro_pipeline: MakePipeline, golden_graph: GoldenGraph
) -> None:
    parameters = HERE / "firefox" / "parameters.yml"
    graph = relpro_pipeline(parameters, flavor=flavor).morphed.graph
    usual = relpro_pipeline(parameters, flavor=VARIANTS[flavor]).morphed.graph
    difference = diff(usual, graph)
    other = [*difference.added, *(changed.after for changed in difference.changed)]
    golden_graph(graph.restrict(task.label for task in other), f"firefox/{flavor}")


@pytest.mark.parametrize("name", PUSHES)
def test_a_push_creates_what_was_reviewed(
    name: str, relpro_pipeline: MakePipeline, golden_graph: GoldenGraph
) -> None:
    pipeline = relpro_pipeline(HERE / Path(name).parent / "parameters.yml", **PUSHES[name])
    golden_graph(pipeline.morphed.graph, name)


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_a_nightly_publishes_is_what_was_reviewed(
    name: str, relpro_pipeline: MakePipeline, golden_graph: GoldenGraph
) -> None:
    pipeline = relpro_pipeline(HERE / Path(name).parent / "parameters.yml", **PUBLISHED[name])
    graph = pipeline.morphed.graph
    published = (task.label for task in graph if task.phase not in {None, Phase.BUILD})
    golden_graph(graph.restrict(published), name)


@pytest.mark.parametrize("name", STAGING)
def test_a_staging_release_may_do_what_was_reviewed(
    name: str, relpro_pipeline: MakePipeline, pytestconfig: pytest.Config
) -> None:
    pipeline = relpro_pipeline(HERE / "staging" / "parameters.yml", **STAGING[name])
    text = "".join(_authority(pipeline.morphed.graph))
    path = HERE / "staging" / f"{name}.txt"
    if pytestconfig.getoption("--golden-update"):
        path.write_text(text)
    assert path.read_text() == text


def _authority(graph: TaskGraph) -> Iterator[str]:
    """For each kind, how many tasks there are, their pools, and what they may do elsewhere."""
    for kind in sorted({task.kind for task in graph}):
        bodies = [task.definition for task in graph if task.kind == kind]
        yield f"{len(bodies):>4}  {kind}\n"
        said = {f"on {body['provisionerId']}/{body['workerType']}" for body in bodies}
        scopes = {scope for body in bodies for scope in body.get("scopes", ())}
        said |= {scope for scope in scopes if scope.startswith("project:")}
        yield from (f"        {one}\n" for one in sorted(said))


def test_every_flavor_of_the_project_has_a_golden_graph(relpro_pipeline: MakePipeline) -> None:
    flavors = relpro_pipeline.project.config.flavors
    assert {*flavors} == {*VARIANTS, *(flavor for some in FLAVORS.values() for flavor in some)}


@pytest.mark.slow
@pytest.mark.parametrize("name", FULL_SIZE)
def test_a_release_of_full_size_creates_what_was_reviewed(
    name: str, relpro_pipeline: MakePipeline, pytestconfig: pytest.Config
) -> None:
    values: dict[str, object] = {}
    folder = relpro_pipeline.project.root / "docs" / "examples" / "release"
    for file in ("parameters.yml", "history.json"):
        values |= relpro_pipeline.read(folder / file)
    # Too large to be kept for the rest of the session.
    make = MakePipeline(relpro_pipeline.project)
    text = kinds_text(make(values, flavor=FULL_SIZE[name]).morphed.graph)
    path = HERE / "full-size" / f"{name}.txt"
    if pytestconfig.getoption("--golden-update"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text
