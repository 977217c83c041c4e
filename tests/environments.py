"""Gives programs of others, which are installed into an environment of their own, `.venv-cot`."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

_ENVIRONMENT = ROOT / ".venv-cot"


def program_of_others(name: str) -> Path:
    """A program of the environment that `make cot` makes; it is made if it is missing.

    The test is skipped where that cannot be.
    """
    _ENVIRONMENT.mkdir(exist_ok=True)
    with (_ENVIRONMENT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make = ["make", "--directory", str(ROOT), "cot", f"PYTHON={sys.executable}"]
        done = subprocess.run(make, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"programs of others cannot be installed: {done.stderr[-200:]}")
    return _ENVIRONMENT / "bin" / name
