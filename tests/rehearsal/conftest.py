"""The postcard, an example of a product, in fewer languages."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

#: What stands in the manifest of a rehearsal without a release before.
MANIFEST = """
keys: {release-signing/mar.pub: src/release.pem}
hosts: {updates.postcard.example: updates}
rules:
  - {alias: postcard, product: Postcard, channel: release}
  - {alias: postcard-localtest, product: Postcard, channel: release-localtest}
"""

POSTCARD = Path(__file__).parents[2] / "docs" / "examples" / "postcard"


#: Python that is started with it cannot connect to another machine.
LOOPBACK = """
import socket as sockets

_connect = sockets.socket.connect


def connect(self, address):
    if self.family != sockets.AF_UNIX and address[0] not in ("127.0.0.1", "localhost", "::1"):
        raise OSError(f"a rehearsal connects to {address}")
    return _connect(self, address)


sockets.socket.connect = connect
"""


def rehearse(folder: Path, root: Path, *faults: str) -> Path:
    """What a rehearsal has left, no process of which could connect to another machine."""
    done = rehearsing(folder, root, *faults)
    assert done.returncode == 0, done.stderr
    return folder / "made" / "latest"


def rehearsing(folder: Path, root: Path, *faults: str) -> "subprocess.CompletedProcess[str]":
    """How a rehearsal ends in which some things go wrong."""
    (folder / "sitecustomize.py").write_text(LOOPBACK)
    words = ["rehearse", "--root", str(root), "--folder", str(folder / "made")]
    words += [f"--fault={name}" for name in faults]
    return subprocess.run(
        [sys.executable, "-m", "relpro", *words],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def copied(folder: Path, *locales: str) -> Path:
    """The postcard for one platform, in English and other languages."""
    root = folder / "postcard"
    shutil.copytree(POSTCARD, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "kinds/platforms.json").write_text(json.dumps(["linux64"]))
    lines = (f"{locale}: {{platforms: [linux64]}}\n" for locale in locales)
    (root / "kinds/locales.yml").write_text("".join(lines))
    return root


def first_release(folder: Path) -> Path:
    """The postcard in two languages, of which nothing was released before."""
    root = copied(folder, "de")
    (root / "kinds/rehearsal.yml").write_text(MANIFEST)
    config = root / "kinds/config.yml"
    config.write_text(config.read_text().replace("      partial-updates: true\n", ""))
    return root


@pytest.fixture(scope="session")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a short rehearsal has left, in which some things go wrong that a release survives.

    The same for all processes that run tests, to be read.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "short"
    folder.mkdir(exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        latest = folder / "made" / "latest"
        if not (latest / "report.md").exists():
            return rehearse(folder, first_release(folder), "task-fails-twice", "queue-lost")
    return latest


@pytest.fixture
def postcard(tmp_path: Path) -> Path:
    return copied(tmp_path, "de")
