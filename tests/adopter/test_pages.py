"""Somebody who reads the pages one after the other, in one folder, with the wheel alone."""

import os
from pathlib import Path

import pytest

from tests.adopter.conftest import Installed
from tests.docs.pages import DOCS, Run, Write, blocks, steps
from tests.docs.reader import Reader


@pytest.fixture
def reader(tmp_path: Path, installed: Installed) -> Reader:
    programs = str(Path(installed.python).parent)
    return Reader(tmp_path, {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"})


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def commit(reader: Reader, message: str) -> None:
    reader.run(f"git add . && git commit -q -m '{message}'")


@pytest.mark.slow
def test_the_pages_work_one_after_the_other(reader: Reader, installed: Installed) -> None:
    for step in steps(page("tutorial/first-release.md")):
        reader.take(step)
    found = reader.run("python -c 'import relpro; print(relpro.__file__)'")
    assert Path(found.strip()).is_relative_to(installed.site)
    _run_in_ci(reader)
    _rehearse(reader)
    _gate_a_phase(reader)
    _adopt(reader)


def _run_in_ci(reader: Reader) -> None:
    get, decide, *_ = blocks(page("how-to/run-in-ci.md"), "sh")
    assert reader.run(get) == "wrote .taskcluster.yml\n"
    commit(reader, "Run in CI")
    assert "create 2 tasks" in reader.run(decide)
    assert (reader.folder / "artifacts" / "public" / "task-graph.json").is_file()


def _rehearse(reader: Reader) -> None:
    get, whole, *_ = blocks(page("how-to/rehearse-phase-by-phase.md"), "sh")
    assert reader.run(get) == "wrote .ci/rehearse.py\n"
    printed = reader.run(whole)
    assert printed.endswith("rehearsed: a push, promote_widget, push_widget\n"), printed


def _gate_a_phase(reader: Reader) -> None:
    text = page("how-to/gate-a-phase.md")
    gates, _kind, alias = blocks(text, "yaml")
    config = reader.folder / "kinds" / "config.yml"
    said = config.read_text(encoding="utf-8")
    for key, more in (("release-promotion:\n", gates), ("  aliases:\n", alias)):
        assert said.count(key) == 1
        said = said.replace(key, key + more)
    config.write_text(said, encoding="utf-8")
    for step in steps(text):
        reader.take(step)
    commit(reader, "Gate what is uploaded")
    printed = reader.run("python .ci/rehearse.py release")
    assert "signoff-widget-push-qa" in printed, printed
    assert printed.endswith("rehearsed: a push, promote_widget, push_widget\n"), printed


def _adopt(reader: Reader) -> None:
    for step in steps(page("how-to/adopt-relpro.md")):
        assert isinstance(step, Write | Run)
        reader.take(step)
    folder = reader.folder / "docker" / "builder"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM python:3.11\n", encoding="utf-8")
    commit(reader, "Package the widget")
    printed = reader.run("relpro graph --phase promote")
    assert "package-widget-linux\npackage-widget-windows\nsigning-widget-linux\n" in printed
