"""The promotion of a real release on a page: all of it, and soon."""

from pathlib import Path

from playwright.sync_api import expect

from relpro.goal import Goal
from relpro.model.phase import Phase
from relpro.page.document import beside, of_generation, page_of, title_of
from relpro.parameters.read import read_parameter_file, read_value
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.page.conftest import Open
from tests.page.test_browser import soonest

ROOT = Path(__file__).parents[2]


def test_the_promotion_of_a_real_release_is_there_in_two_seconds(
    shared_data: Path, tmp_path: Path, open_page: Open
) -> None:
    real = shared_data / "firefox-92.0.1"
    values = dict(read_parameter_file(real / "promote" / "parameters.yml").values)
    values["l10n_changesets"] = read_value(real / "l10n-changesets.json")
    pipeline = Pipeline.of(Project.find(ROOT), values, Goal(Phase.PROMOTE, "firefox"))
    morphed, others = pipeline.morphed, beside(pipeline)
    title, created = title_of(pipeline), morphed.unresolved
    shown = of_generation(title, pipeline, created, morphed.texts.items(), others)
    path = tmp_path / "page.html"
    path.write_bytes(page_of(title, [shown]))
    page = soonest(open_page, path.as_uri(), 2.0)
    assert page.locator("#found").inner_text() == f"{len(created):,} created, {len(others)} reused"
    graph = pipeline.target.graph
    assert len(created) + len(others) == len(graph)
    edges = sum(map(len, graph.waits))
    expect(page.locator("#panel")).to_contain_text(f"{len(graph):,} tasks, {edges:,} edges")
