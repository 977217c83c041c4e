"""What tests of several packages share: the real inputs, where they are at hand."""

from pathlib import Path

import pytest

#: A folder beside the checkout that holds inputs of real releases. Not part of the repository.
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real inputs; tests that need it are skipped where it is not there."""
    data = SHARED / "data"
    if not data.is_dir():
        pytest.skip(f"no real inputs: there is no folder `{SHARED.name}` beside the checkout")
    return data
