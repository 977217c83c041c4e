"""Commands that give a page: what is in it is what the command would print."""

import subprocess
import sys
from pathlib import Path

import orjson

from tests.page.graphs import document_in

ROOT = Path(__file__).parents[2]
RELEASE = ("-p", "docs/examples/release/parameters.yml", "-p", "docs/examples/release/history.json")


def relpro(*words: str) -> bytes:
    command = [sys.executable, "-m", "relpro", *words]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout


def test_the_page_of_a_phase_has_what_it_creates_and_what_it_reuses() -> None:
    (shown,) = document_in(relpro("graph", "--phase", "push", *RELEASE, "--format", "html"))[
        "graphs"
    ]
    created = orjson.loads(relpro("graph", "--phase", "push", *RELEASE, "--format", "json"))
    fates = {label: about["fate"] for label, about in shown["about"].items()}
    assert {label for label, fate in fates.items() if fate == "created"} == created.keys()
    assert {fate for label, fate in fates.items() if label not in created} == {"reused"}
    assert {label: shown["tasks"][label] for label in created} == created
    assert all(about["why"] and about["place"] for about in shown["about"].values())
    needed = {label for task in created.values() for label in task["dependencies"].values()}
    assert needed <= shown["tasks"].keys()


def test_the_page_of_an_early_stage_has_its_tasks_without_fates() -> None:
    words = ("graph", *RELEASE, "--stage", "full", "--kind", "build")
    (shown,) = document_in(relpro(*words, "--format", "html"))["graphs"]
    assert shown["tasks"] == orjson.loads(relpro(*words, "--format", "json"))
    assert not any("fate" in about for about in shown["about"].values())
