"""Same inputs, same bytes: at every stage, in every format, wherever and whenever it is made."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Writes every stage in every format into a folder: (root, parameters, phase, folder).
EVERY = """
import sys
from pathlib import Path
from relpro.cli import cli, options
from relpro.cli.graph import STAGES
from relpro.graph.render import FORMATS

root, parameters, phase, folder = sys.argv[1:]
pipeline = options.open_pipeline(root, (parameters,), phase=phase)
for stage, graph_of in STAGES.items():
    for style, write in FORMATS.items():
        with Path(folder, f"{stage}.{style}").open("wb") as file:
            write(graph_of(pipeline), file)
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
HERE = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
ELSEWHERE = {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland", "LC_ALL": "C"}


def _digests(
    project: str, folder: Path, environment: Mapping[str, str], python: str = sys.executable
) -> Mapping[str, str]:
    """The digest of each stage in each format, and of a difference."""
    root, parameters, phase = PROJECTS[project]
    folder.mkdir()
    command = [python, "-c", EVERY, str(root), str(parameters), phase, str(folder)]
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
    assert len(here) == 5 * 6 + 1
    assert here == _digests(project, tmp_path / "elsewhere", ELSEWHERE)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_stage_has_the_same_bytes_under_other_pythons(version: str, tmp_path: Path) -> None:
    python = shutil.which(f"python{version}")
    if python is None:
        pytest.skip(f"no python{version} on PATH")
    works = subprocess.run(
        [python, "-c", "import relpro.cli.graph, relpro.pipeline"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    if works.returncode:
        pytest.skip(f"python{version} lacks what relpro depends on")
    environment = {**HERE, "PYTHONPATH": str(ROOT)}
    assert _digests("small", tmp_path / "other", environment, python) == _digests(
        "small", tmp_path / "own", HERE
    )
