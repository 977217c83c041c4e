"""A Taskcluster for each test, and checkouts of this project."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from relpro.embedded import EmbeddedTaskcluster, Settings
from tests.acceptance.checkout import small_release, write_answers, write_checkout
from tests.acceptance.ci import Ci


@pytest.fixture
def service() -> Iterator[EmbeddedTaskcluster]:
    """A Taskcluster on which a claim does not wait."""
    with EmbeddedTaskcluster(settings=Settings.at_once(claim_wait=0)) as running:
        yield running


@pytest.fixture
def ci(tmp_path: Path, service: EmbeddedTaskcluster) -> Ci:
    """The checkout of a small release."""
    release = small_release()
    root = write_checkout(tmp_path / "checkout", release)
    answers = write_answers(tmp_path / "answers.json", release)
    ci = Ci(root, service, tmp_path / "published", answers)
    ci.grant()
    return ci
