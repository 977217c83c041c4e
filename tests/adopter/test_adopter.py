"""Another project, with relpro installed beside it and nothing of this repository at hand."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from relpro.starter.answers import TEMPLATES
from tests.adopter.conftest import REPOSITORY, Installed, run_module

NOTES = Path(__file__).parent / "repo"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    shutil.copytree(NOTES, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def _pytest(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_module(root, "pytest", "-q", "-p", "no:cacheprovider", *words, **environment)


def _edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new))


def test_the_tests_of_the_project_pass(notes: Path) -> None:
    done = _pytest(notes)
    assert done.returncode == 0, done.stdout


def test_a_failing_golden_graph_shows_what_differs(notes: Path) -> None:
    _edit(notes, "kinds/promote/l10n.yml", "1800", "3600")
    done = _pytest(notes)
    assert done.returncode == 1
    assert "promote: 5 -> 5 tasks (+0 -0 ~3)" in done.stdout
    assert "~ l10n: payload.maxRunTime 1800 -> 3600 in 3 tasks" in done.stdout
    assert "1 failed, 4 passed" in done.stdout


def test_a_new_edge_and_a_new_task_are_shown(notes: Path) -> None:
    _edit(notes, "kinds/build/app.yml", "  win64: {}", "  win64: {}\n  mac: {}")
    _edit(
        notes,
        "kinds/promote/l10n.yml",
        "    description",
        "    dependencies: {more: app-mac}\n    description",
    )
    done = _pytest(notes)
    assert "+ app: 1 task: app-mac" in done.stdout
    assert "! + scope project:notes:releng:signing:cert:release-signing" in done.stdout
    assert "~ l10n: dependencies.more added: app-mac" in done.stdout


def test_what_only_a_digest_knows_of_is_told(notes: Path) -> None:
    _edit(
        notes,
        "kinds/build/app.yml",
        "OPTIMIZE: '1'",
        "OPTIMIZE: {by-build-platform: {win64: '2', default: '1'}}",
    )
    done = _pytest(notes)
    assert "  ? app: differs, or more of it, in tasks of which" in done.stdout


def test_golden_graphs_are_written_anew_when_asked(notes: Path) -> None:
    _edit(notes, "kinds/promote/l10n.yml", "1800", "3600")
    stale = notes / "tests" / "graphs" / "promote" / "definitions" / "gone.json"
    stale.write_text("{}")
    assert _pytest(notes, "--golden-update").returncode == 0
    assert not stale.exists()
    assert _pytest(notes).returncode == 0


def test_golden_graphs_are_never_written_in_ci(notes: Path) -> None:
    done = _pytest(notes, "--golden-update", CI="true")
    assert done.returncode == 4
    assert "--golden-update is refused in CI" in done.stderr


def test_a_missing_golden_graph_is_a_failure(notes: Path) -> None:
    shutil.rmtree(notes / "tests" / "graphs" / "ship")
    done = _pytest(notes)
    assert done.returncode == 1
    assert "there is no golden graph in" in done.stdout


def test_the_plugin_imports_nothing_of_the_engine_before_it_is_used() -> None:
    code = (
        "import sys, relpro.testing.plugin\n"
        "print([n for n in sys.modules if n.startswith('relpro') or n in ('yaml', 'attrs')])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['relpro', 'relpro.testing', 'relpro.testing.plugin']"


@pytest.mark.slow
def test_the_wheel_is_all_that_a_project_needs(notes: Path, installed: Installed) -> None:
    python = installed.python
    where = run_module(notes, "relpro", "--version", python=python)
    assert where.returncode == 0, where.stderr
    # The page of errors lies outside of the package here, and inside of it in the wheel.
    explained = run_module(notes, "relpro", "explain", "K203", python=python)
    assert explained.stdout.startswith("K203: "), explained.stderr
    code = "import relpro, transforms; print(relpro.__file__, transforms.__path__)"
    found = subprocess.run(
        [python, "-c", code], cwd=notes, capture_output=True, text=True, check=True
    )
    assert str(REPOSITORY) not in found.stdout
    done = _pytest(notes, python=python)
    assert done.returncode == 0, done.stdout + done.stderr
    words = ("relpro", "graph", "-p", "tests/release.yml", "--phase", "ship")
    assert run_module(notes, *words, python=python).stdout == "store-notes\n"
    page = run_module(notes, *words, "--format", "html", python=python).stdout
    assert page.startswith("<!doctype html>")
    assert not (installed.site / "relpro" / "page" / "frontend").exists()


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_wheel_is_all_that_starts_a_project(
    template: str, tmp_path: Path, installed: Installed
) -> None:
    root, python = tmp_path / "widget", installed.python
    root.mkdir()
    made = run_module(root, "relpro", "init", "--template", template, python=python)
    assert made.returncode == 0, made.stderr
    git = ("git", "-C", str(root), "-c", "user.name=Us", "-c", "user.email=us@example.com")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "Describe our releases")):
        subprocess.run([*git, *words], check=True)
    for phase in TEMPLATES[template][1:]:
        graph = run_module(root, "relpro", "graph", "--phase", phase, python=python)
        assert graph.returncode == 0, graph.stderr
        assert graph.stdout
    done = _pytest(root, python=python)
    assert done.returncode == 0, done.stdout + done.stderr
    command = [python, ".ci/rehearse.py", "release"]
    rehearsed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert rehearsed.stdout.split("\n")[-2].startswith("rehearsed: a push, promote_widget, push")
    assert rehearsed.returncode == 0, rehearsed.stderr
