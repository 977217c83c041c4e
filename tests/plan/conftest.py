"""A Taskcluster of its own and a command line for each test."""

from collections.abc import Iterator

import pytest

from relpro.embedded import EmbeddedTaskcluster, Settings
from tests.cli.conftest import relpro
from tests.cli.groups import use

__all__ = ["relpro"]


@pytest.fixture
def delay() -> float:
    """Seconds that a task of a built-in worker takes; by default more than any test."""
    return 86_400


@pytest.fixture
def service(delay: float, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedTaskcluster]:
    """A Taskcluster that the environment names, with all scopes."""
    monkeypatch.delenv("TASK_ID", raising=False)
    with EmbeddedTaskcluster(
        settings=Settings.at_once(built_in_delay=delay, claim_wait=0)
    ) as running:
        use(monkeypatch, running, "*")
        yield running
