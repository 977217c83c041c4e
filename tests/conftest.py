"""What tests of several packages share: the real inputs, where they are at hand."""

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A shell lets what it runs in the background ignore Ctrl-C; the programs under test must not.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# A machine that is busy with something else is slow; the examples are not to blame.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

#: A folder beside the checkout that holds inputs of real releases. Not part of the repository.
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real inputs; tests that need it are skipped where it is not there."""
    data = SHARED / "data"
    if not data.is_dir():
        pytest.skip(f"no real inputs: there is no folder `{SHARED.name}` beside the checkout")
    return data
