"""The schemas as the command prints them."""

import subprocess
import sys
from pathlib import Path

from tests.acceptance.checkout import ROOT


def schema_of(name: str, root: Path = ROOT) -> bytes:
    """What `relpro schema NAME` prints of a project."""
    command = [sys.executable, "-m", "relpro", "schema", name]
    return subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
