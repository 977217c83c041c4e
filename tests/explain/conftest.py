"""The small project of `tests/adopter`, as it is released."""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from relpro.cli import main
from relpro.goal import Goal
from relpro.model.phase import Phase
from relpro.pipeline import Pipeline
from relpro.project import Project

NOTES = Path(__file__).parents[1] / "adopter" / "repo"
RELEASE = NOTES / "tests" / "release.yml"

Release = Callable[..., Pipeline]


@pytest.fixture
def release(foreign_transforms: None) -> Release:
    """Gives the pipeline of a phase of the release; keywords change its parameters."""

    def make(phase: str | None = None, fresh: bool = False, **changes: Any) -> Pipeline:
        values = {**yaml.safe_load(RELEASE.read_text()), **changes}
        goal = Goal(Phase(phase) if phase else None, fresh=fresh)
        return Pipeline.of(Project.find(NOTES), values, goal)

    return make


Edits = Mapping[str, tuple[str, str]]


@pytest.fixture
def edited(tmp_path: Path, foreign_transforms: None) -> Callable[..., Pipeline]:
    """Gives the pipeline of a phase of a project in which texts of files are others."""

    def make(edits: Edits, phase: str | None = None, **changes: Any) -> Pipeline:
        root = tmp_path / "notes"
        shutil.copytree(NOTES, root)
        for name, (old, new) in edits.items():
            text = (root / name).read_text()
            assert old in text
            (root / name).write_text(text.replace(old, new))
        values = {**yaml.safe_load(RELEASE.read_text()), **changes}
        return Pipeline.of(Project.find(root), values, Goal(Phase(phase) if phase else None))

    return make


@pytest.fixture
def foreign_transforms() -> Iterator[None]:
    """Room for the transforms of another project under the name that ours have."""
    ours = {name: module for name, module in sys.modules.items() if _is_transform(name)}
    for name in ours:
        del sys.modules[name]
    yield
    for name in [name for name in sys.modules if _is_transform(name)]:
        del sys.modules[name]
    sys.modules.update(ours)


def _is_transform(name: str) -> bool:
    return name.partition(".")[0] == "transforms"


Answer = Callable[..., tuple[int, str, str]]


@pytest.fixture
def answer(
    foreign_transforms: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Answer:
    """Runs a command in the project: exit code, standard output, standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.chdir(NOTES)
        monkeypatch.setattr(sys, "argv", ["relpro", *words, "-p", "tests/release.yml"])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run
