"""Gives the commands of both tools; makes the peer's environment of its own where it is missing."""

import subprocess
import sys
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[2]

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


def tools(peer: Path = ROOT / ".venv-peer") -> Tools:
    """Both tools; `peer` is the folder of the peer's environment, made where there is none."""
    if not (peer / "bin" / "taskgraph").exists():
        subprocess.run([sys.executable, "-m", "venv", str(peer)], check=True)
        pip = [str(peer / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *PEER], check=True)
    return Tools(Path(sys.executable).parent, peer.absolute() / "bin")
