"""Python with the built wheel; the repositories below have tests of their own, or none."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import attrs
import pytest

collect_ignore = ["repo", "extended"]

REPOSITORY = Path(__file__).parents[2]


def run_module(
    root: Path, *words: str, python: str = sys.executable, **environment: str
) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if name not in {"CI", "PYTHONPATH"}}
    command = [python, "-m", *words]
    return subprocess.run(
        command,
        cwd=root,
        env={**known, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@attrs.frozen
class Installed:
    """A Python that has relpro of the built wheel, and nothing else of this repository."""

    python: str
    site: Path


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    source, wheels, place = folder / "source", folder / "wheels", folder / "venv"
    source.mkdir()
    ignore = shutil.ignore_patterns("__pycache__", "node_modules")
    shutil.copytree(REPOSITORY / "relpro", source / "relpro", ignore=ignore)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source)
    pip = ("pip", "-q", "--disable-pip-version-check")
    built = run_module(
        source, *pip, "wheel", ".", "--no-deps", "--no-build-isolation", "-w", str(wheels)
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = wheels.glob("relpro-*.whl")
    venv.create(place, with_pip=False, symlinks=True)
    python = str(place / "bin" / "python")
    (site,) = place.glob("lib/python*/site-packages")
    put = run_module(source, *pip, "install", str(wheel), "--no-deps", "--target", str(site))
    assert put.returncode == 0, put.stderr
    program = place / "bin" / "relpro"
    program.write_text(f'#!/bin/sh\nexec {python} -m relpro "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    # What relpro depends on comes from here, without this repository's own path.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return Installed(python, site)
