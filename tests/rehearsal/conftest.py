"""The postcard, an example of a product, in fewer languages."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def rehearse(folder: Path, root: Path) -> Path:
    """What a rehearsal has left, no process of which could connect to another machine."""
    (folder / "sitecustomize.py").write_text(LOOPBACK)
    words = ("rehearse", "--root", str(root), "--folder", str(folder / "made"))
    done = subprocess.run(
        [sys.executable, "-m", "relpro", *words],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "made" / "latest"


def copied(folder: Path, *locales: str) -> Path:
    """The postcard for one platform, in English and other languages."""
    root = folder / "postcard"
    shutil.copytree(POSTCARD, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "kinds/platforms.json").write_text(json.dumps(["linux64"]))
    lines = (f"{locale}: {{platforms: [linux64]}}\n" for locale in locales)
    (root / "kinds/locales.yml").write_text("".join(lines))
    return root


@pytest.fixture
def postcard(tmp_path: Path) -> Path:
    return copied(tmp_path, "de")
