"""A Taskcluster of its own and a command line for each test."""

from collections.abc import Iterator

import pytest

from relpro.embedded import EmbeddedTaskcluster, Settings
from tests.cli.conftest import relpro
from tests.cli.groups import use

__all__ = ["relpro"]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedTaskcluster]:
    """A Taskcluster that the environment names, with all scopes; tasks run when a test says so."""
    monkeypatch.delenv("TASK_ID", raising=False)
    with EmbeddedTaskcluster(
        settings=Settings.at_once(built_in_delay=86_400, claim_wait=0)
    ) as running:
        use(monkeypatch, running, "*")
        yield running
