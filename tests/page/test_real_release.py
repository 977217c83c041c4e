"""The promotion of a real release on a page: all of it."""

from pathlib import Path

from playwright.sync_api import expect

from relpro.page.document import beside
from tests.page.conftest import Open
from tests.page.real_release import promotion, write_promotion


def test_the_promotion_of_a_real_release_is_there_whole(
    shared_data: Path, tmp_path: Path, open_page: Open
) -> None:
    pipeline = promotion(shared_data)
    page = open_page(write_promotion(pipeline, tmp_path))
    created, others = pipeline.morphed.unresolved, beside(pipeline)
    assert page.locator("#found").inner_text() == f"{len(created):,} created, {len(others)} reused"
    graph = pipeline.target.graph
    assert len(created) + len(others) == len(graph)
    edges = sum(map(len, graph.waits))
    expect(page.locator("#panel")).to_contain_text(f"{len(graph):,} tasks, {edges:,} edges")
