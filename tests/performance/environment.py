"""Gives the commands of both tools, each installed from a package in an environment of its own."""

import subprocess
import sys
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[2]

_PINNED = ROOT / ".ci" / "requirements.txt"

#: What the peer is, and what makes it fastest: orjson is an extra of taskgraph's.
PEER = ("taskcluster-taskgraph==24.5.1", "mozilla-taskgraph==5.0.1", "orjson==3.13.0")


@attrs.frozen
class Tools:
    """The folders of executables of both tools."""

    ours: Path
    peers: Path

    @property
    def python(self) -> str:
        """The Python that runs relpro."""
        return str(self.ours / "python")

    @property
    def relpro(self) -> str:
        """The command line of relpro."""
        return str(self.ours / "relpro")

    @property
    def peer_python(self) -> str:
        """The Python that runs taskgraph."""
        return str(self.peers / "python")

    @property
    def taskgraph(self) -> str:
        """The command line of taskgraph."""
        return str(self.peers / "taskgraph")


def tools(peer: Path = ROOT / ".venv-peer", ours: Path = ROOT / ".venv-bench") -> Tools:
    """Both tools as their users have them; `peer` and `ours` are the folders of the environments.

    What is missing is installed. relpro is installed anew each time, from the tree as it is: an
    editable installation, as developers have it, would be slower to start.
    """
    if not (peer / "bin" / "taskgraph").exists():
        _make(peer, *PEER)
    if not (ours / "bin" / "relpro").exists():
        _make(ours, "--require-hashes", "-r", str(_PINNED))
    _install(ours, "--no-deps", "--no-build-isolation", "--force-reinstall", str(ROOT))
    return Tools(ours.absolute() / "bin", peer.absolute() / "bin")


def _make(folder: Path, *packages: str) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    _install(folder, *packages)


def _install(folder: Path, *packages: str) -> None:
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, *packages], check=True)
