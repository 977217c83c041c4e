"""Same inputs, same bytes: at every stage, in every format, wherever and whenever it is made."""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from relpro.graph.render import FORMATS

ROOT = Path(__file__).parents[1]
#: Writes every stage into a folder: (root, parameters, phase, folder, formats).
EVERY = """
import sys
from pathlib import Path
from relpro.cli import cli, options
from relpro.cli.graph import STAGES, texts_at
from relpro.graph.render import write

root, parameters, phase, folder, *formats = sys.argv[1:]
pipeline = options.open_pipeline(root, (parameters,), phase=phase)
for stage, graph_of in STAGES.items():
    graph = graph_of(pipeline)
    for style in formats:
        with Path(folder, f"{stage}.{style}").open("wb") as file:
            write(style, graph, texts_at(pipeline, stage, graph), file)
cli.main(["diff", f"{folder}/full.json", f"{folder}/morphed.json"], standalone_mode=False)
"""
NOTES = ROOT / "tests" / "adopter" / "repo"
#: (project, parameters, phase)
PROJECTS = {
    "small": (
        ROOT / "tests/adopter/repo",
        ROOT / "tests/adopter/repo/tests/release.yml",
        "promote",
    ),
    "ours": (ROOT, ROOT / "tests/graphs/firefox/parameters.yml", "promote"),
}
#: The versions of Python that relpro runs on, but for the one at hand.
OWN_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHER_PYTHONS = [version for version in ("3.11", "3.12", "3.13") if version != OWN_PYTHON]

Digests = Mapping[str, str]
HERE = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
ELSEWHERE = {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland", "LC_ALL": "C"}


def _digests(
    project: str,
    folder: Path,
    environment: Mapping[str, str],
    python: str = sys.executable,
    formats: Sequence[str] = tuple(FORMATS),
) -> Digests:
    """The digest of each stage in each of these formats, JSON among them, and of a difference."""
    root, parameters, phase = PROJECTS[project]
    folder.mkdir()
    command = [python, "-c", EVERY, str(root), str(parameters), phase, str(folder), *formats]
    known = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**known, **environment},
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    (folder / "diff.txt").write_bytes(done.stdout.replace(str(folder).encode(), b""))
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


@pytest.mark.parametrize("project", PROJECTS)
def test_every_stage_has_the_same_bytes_under_other_seeds_zones_and_locales(
    project: str, tmp_path: Path
) -> None:
    here = _digests(project, tmp_path / "here", HERE)
    assert len(here) == 5 * len(FORMATS) + 1
    assert here == _digests(project, tmp_path / "elsewhere", ELSEWHERE)


#: Project -> the formats that are compared: where a graph is large, that of programs.
COMPARED = {"small": tuple(FORMATS), "ours": ("json",)}


@pytest.fixture(scope="module", params=PROJECTS)
def here(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Digests]:
    """A project, and the digests of its graphs under our own interpreter."""
    project = request.param
    folder = tmp_path_factory.mktemp("here") / "own"
    return project, _digests(project, folder, HERE, formats=COMPARED[project])


@pytest.mark.parametrize("version", OTHER_PYTHONS)
def test_every_stage_has_the_same_bytes_under_other_pythons(
    version: str, here: tuple[str, Digests], tmp_path: Path
) -> None:
    project, digests = here
    python = _environment(version)
    environment = {**HERE, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    made = _digests(project, tmp_path / "other", environment, python, COMPARED[project])
    assert made == digests


def _environment(version: str) -> str:
    """The interpreter of the environment that `make pythons` makes; made if it is missing."""
    name = f".venv-{version}"
    make = ["make", "--directory", str(ROOT), f"{name}/.ready"]
    # Two processes that run tests may ask for it at the same time.
    with Path(tempfile.gettempdir(), f"relpro{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(make, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"Python {version} cannot be used: {done.stderr.strip()[-200:]}")
    return str(ROOT / name / "bin" / "python")
