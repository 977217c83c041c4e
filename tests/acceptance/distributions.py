"""Makes the wheel and the source archive, checks them, and tries the wheel on every Python.

`make dist` runs it and leaves both in dist/. It fails if a second build, from the unpacked source
archive, has other bytes; if a checker of packages objects; or if `relpro init` and `relpro graph`
fail with the lowest or the newest dependencies that pyproject.toml allows.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

import click

from tests.acceptance.checkout import ROOT

#: As .venv/bin has them.
_TOOLS = Path(sys.executable).parent

_RESOLUTIONS = ("lowest-direct", "highest")


def main() -> None:
    """Make, check and try them; a command that fails ends it, with what it printed."""
    made = ROOT / "dist"
    shutil.rmtree(made, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder)
        _build(ROOT, made)
        _build(_unpacked(made, again / "source"), again / "dist")
        _same(made, again / "dist")
        (wheel,) = made.glob("*.whl")
        run(str(_TOOLS / "twine"), "check", "--strict", *map(str, sorted(made.iterdir())))
        run(str(_TOOLS / "check-wheel-contents"), str(wheel))
        for python in _pythons():
            for resolution in _RESOLUTIONS:
                click.echo(f"-- Python {python}, {resolution} dependencies")
                _try(wheel, again / f"{python}-{resolution}", python, resolution)


def run(*command: str, cwd: Path = ROOT, **environment: str) -> str:
    """What a command prints; SystemExit(1) where it fails, after its output is shown."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit("\n".join((" ".join(command), done.stdout, done.stderr)))
    return done.stdout


def _build(source: Path, made: Path) -> None:
    """Build the source archive, and the wheel from it, with the time of the last commit."""
    epoch = run("git", "log", "-1", "--format=%ct").strip()
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(made), str(source)]
    run(*build, SOURCE_DATE_EPOCH=epoch)


def _unpacked(made: Path, folder: Path) -> Path:
    (archive,) = made.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    (inside,) = folder.iterdir()
    return inside


def _same(made: Path, again: Path) -> None:
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir()} for folder in (made, again)
    )
    if first != second:
        names = sorted(
            name for name in first.keys() | second.keys() if first.get(name) != second.get(name)
        )
        raise SystemExit(f"built again, these are not the same: {', '.join(names)}")


def _pythons() -> list[str]:
    """The versions of Python that the package says it runs on."""
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    prefix = "Programming Language :: Python :: 3."
    classifiers: list[str] = configured["project"]["classifiers"]
    return [name.rsplit(" ", 1)[1] for name in classifiers if name.startswith(prefix)]


def _try(wheel: Path, folder: Path, python: str, resolution: str) -> None:
    """Install the wheel into an empty environment; begin a project, make a graph, run its tests.

    Of dependencies, only wheels are taken: whoever installs relpro needs no compiler.
    """
    uv, place, project = str(_TOOLS / "uv"), folder / "venv", folder / "project"
    venv = (uv, "venv", "--quiet", "--no-python-downloads", "--python", python, str(place))
    # Where pyenv keeps the interpreters, it gives the one that it is told of.
    run(*venv, PYENV_VERSION=python)
    install = (uv, "pip", "install", "--quiet", "--python", str(place))
    # Named directly, as uv gives the lowest versions only of what is.
    extras = ("--extra", "embedded", "--extra", "testing")
    lowest = ("--only-binary", ":all:", "--resolution", resolution)
    run(*install, *lowest, "-r", "pyproject.toml", *extras)
    run(*install, "--no-deps", str(wheel))
    click.echo(run(uv, "pip", "freeze", "--quiet", "--python", str(place)))
    relpro = str(place / "bin" / "relpro")
    run("git", "init", "--quiet", str(project))
    run(relpro, "init", "--yes", "--template", "full", "--locales", "de", cwd=project)
    run("git", "add", ".", cwd=project)
    commit = ("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "Begin")
    run("git", *commit, cwd=project)
    run(relpro, "graph", "--phase", "promote", "-p", "tests/release.yml", cwd=project)
    run(str(place / "bin" / "python"), "-m", "pytest", "-q", cwd=project)


if __name__ == "__main__":
    main()
