"""A project that uses everything taskgraph ships, and what taskgraph makes of it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from relpro.moving.importing import Import, imported, write_files
from tests.cli.conftest import relpro
from tests.environments import program_of_others

__all__ = ["relpro"]

HERE = Path(__file__).parent
SAMPLE = HERE / "widget"
PARAMETERS = HERE / "parameters.yml"


def track(folder: Path) -> None:
    """Let git know every file of a folder."""
    author = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=widget"]):
        subprocess.run(["git", *author, *words], cwd=folder, check=True)


@pytest.fixture(scope="session")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The full graph of taskgraph, from the package index, as it writes it."""
    taskgraph = program_of_others("taskgraph")
    folder = tmp_path_factory.mktemp("theirs")
    widget = folder / "widget"
    shutil.copytree(SAMPLE, widget)
    track(widget)
    graph = folder / "graph.json"
    options = ["--json", "--parameters", str(PARAMETERS), "--output-file", str(graph)]
    command = [str(taskgraph), "full", *options]
    env = {**os.environ, "TASKCLUSTER_ROOT_URL": "https://tc.example.com"}
    done = subprocess.run(command, cwd=widget, env=env, capture_output=True, text=True, check=False)
    assert graph.exists(), done.stderr[-2000:]
    return graph


@pytest.fixture(scope="session")
def moved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Import]:
    """The repository with a project of relpro beside that of taskgraph, and the import."""
    widget = tmp_path_factory.mktemp("moved") / "widget"
    shutil.copytree(SAMPLE, widget)
    track(widget)
    made = imported(widget)
    write_files(made, widget)
    track(widget)
    return widget, made
