"""The page in a real browser: what it shows is what the graph is."""

from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from relpro.graph.taskgraph import TaskGraph
from relpro.testing.factories import make_task
from tests.page.conftest import Open
from tests.page.graphs import KINDS, edges_of, made_graph, write_page

#: What the drawing library draws, by class: the page hangs it on the element of the map.
_DRAWN = "selector => document.getElementById('map')._cyreg.cy.elements(selector).length"


def drawn(page: Page, selector: str) -> int:
    count: int = page.evaluate(_DRAWN, selector)
    return count


@pytest.mark.parametrize("tasks", [200, 2_000, 10_000])
def test_a_graph_is_there_whole(tasks: int, tmp_path: Path, open_page: Open) -> None:
    graph = made_graph(tasks)
    page = open_page(write_page(graph, tmp_path))
    expect(page.locator("#panel")).to_contain_text(
        f"{tasks:,} tasks, {edges_of(graph):,} edges, {KINDS} kinds"
    )
    assert drawn(page, ".kind") == KINDS
    page.click("#open-all")
    assert drawn(page, ".task") == tasks
    assert drawn(page, ".line") == edges_of(graph)
    assert drawn(page, ".kind") == 0


@pytest.fixture
def page(tmp_path: Path, open_page: Open) -> Page:
    return open_page(write_page(made_graph(200), tmp_path))


def test_a_kind_is_opened_and_its_tasks_are_drawn_with_their_edges(page: Page) -> None:
    before = drawn(page, ".line")
    page.click("[aria-label='tasks of kind03']")
    assert drawn(page, ".task") == 8
    assert drawn(page, ".line") > before
    page.click("[aria-label='tasks of kind03']")
    assert (drawn(page, ".task"), drawn(page, ".line")) == (0, before)


#: Words of a search, and how many of 200 tasks have them.
FOUND = {
    "kind07-fr": 0,
    "KIND07-JA label:/opt": 8,
    "scope:use:kind01": 8,
    "worker:built-in/succeed": 200,
    "attribute:locale=de": 40,
    "attribute:locale=de attribute:build_platform=os0 kind:kind00": 3,
}


def test_a_search_finds_what_has_every_word(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("kind07-ja")
    expect(page.locator("#found")).to_have_text("8 of 200 tasks found")
    for query, found in FOUND.items():
        page.fill("#query", query)
        expect(page.locator("#found")).to_have_text(f"{found} of 200 tasks found")
        expect(page.locator("#outline [data-task]")).to_have_count(found)


def test_filters_take_away_tasks_and_say_so_in_the_address(page: Page) -> None:
    page.select_option("#phase", "ship")
    page.select_option("#locale", "de")
    expect(page.locator("#outline h3")).to_have_text(["ship"])
    assert page.url.endswith("#phase=ship&locale=de")
    page.click("#reset")
    assert drawn(page, ".kind") == KINDS


def test_the_panel_tells_all_of_a_task_and_its_neighbours_are_drawn(page: Page) -> None:
    graph = made_graph(200)
    task = graph["kind02-ja-127/opt"]
    needs, needed_by = graph.needs(task.label), graph.needed_by(task.label)
    page.fill("#query", "ja-127")
    page.click(f"[data-task='{task.label}']")
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text(task.label)
    expect(panel).to_contain_text(f"Needs {len(needs)}")
    expect(panel).to_contain_text(f"Needed by {len(needed_by)}")
    expect(panel.locator("code")).to_contain_text(["use:kind02", "use:all"])
    expect(panel.locator("pre")).to_contain_text('"maxRunTime": 3600')
    page.click("text=Draw its neighbours only")
    assert drawn(page, ".task") == 1 + len(needs) + len(needed_by)
    assert drawn(page, ".line") == len(needs) + len(needed_by)


def test_a_path_is_found_between_two_tasks_and_its_link_leads_there(
    page: Page, open_page: Open
) -> None:
    page.fill("#query", "kind00-de-0/")
    page.click("[data-task='kind00-de-0/opt']")
    page.fill("#path-to", "kind02-ja-102/opt")
    page.press("#path-to", "Enter")
    expect(page.locator("#path li").first).to_have_text("kind00-de-0/opt")
    expect(page.locator("#path li").last).to_have_text("kind02-ja-102/opt")
    steps = page.locator("#path li").count()
    graph = made_graph(200)
    labels = page.locator("#path li").all_inner_texts()
    assert all(
        need in {one.label for one in graph.needs(label)} for need, label in pairwise(labels)
    )
    again = open_page(page.url)
    assert (drawn(again, ".task"), drawn(again, ".line")) == (steps, steps - 1)
    again.fill("#path-to", "kind01-fr-1/opt")
    again.press("#path-to", "Enter")
    expect(again.locator("#panel")).to_contain_text("Neither")
    again.go_back()
    expect(again.locator("#path li")).to_have_count(steps)


def test_the_keyboard_alone_goes_over_the_map(page: Page) -> None:
    page.focus("#map")
    page.keyboard.press("ArrowDown")
    first = page.locator("#said").inner_text()
    page.keyboard.press("ArrowDown")
    second = page.locator("#said").inner_text()
    assert first.startswith("kind")
    assert second.startswith("kind")
    assert first != second
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text(second.split(",")[0])
    page.keyboard.press("Enter")
    assert drawn(page, ".task") == 8
    assert page.evaluate("document.activeElement.id") == "map"


def test_the_keyboard_alone_reaches_a_task_in_the_list(page: Page) -> None:
    toggle = "tasks of kind00"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == toggle:
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("kind00-de-0/opt")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_in_the_way_of_anybody(
    page: Page, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    for view in ("task=kind02-ja-127/opt&open=build/kind02", "kind=build/kind02&query=de", ""):
        page.evaluate("view => { location.hash = view }", view)
        found = Axe().run(page)
        serious = [
            (one["id"], [node["html"] for node in one["nodes"]])
            for one in found.response["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
        assert serious == []


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\x1b[31mred\x1b]0;title\x07",
    "a" * 5000,
    "'\"><svg onload=alert(1)>",
    "javascript:alert(1)",
    "__proto__",
    "{{DOCUMENT}}",
)


def test_what_tasks_are_called_is_never_more_than_text(tmp_path: Path, open_page: Open) -> None:
    tasks = [
        make_task(
            label,
            kind=label,
            phase="build",
            attributes={"build_platform": label, "locale": label, "__proto__": label},
            definition={"scopes": [label], "workerType": label},
        )
        for label in HOSTILE
    ]
    last = make_task("last", *HOSTILE, kind="last", phase="ship")
    graph = TaskGraph.build([*tasks, last])
    page = open_page(write_page(graph, tmp_path, "</title><script>alert(1)</script>"))
    page.click("#open-all")
    assert drawn(page, ".task") == len(HOSTILE) + 1
    assert drawn(page, ".line") == len(HOSTILE)
    for label in HOSTILE:
        page.evaluate("label => { location.hash = new URLSearchParams({task: label}) }", label)
        expect(page.locator("#panel h2")).to_have_text(label)
        assert page.evaluate("document.querySelectorAll('img, svg, #panel script').length") == 0
    assert page.title() == "</title><script>alert(1)</script>"
