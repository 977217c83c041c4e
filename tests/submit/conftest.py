"""Gives each test a queue of its own, with the decision task in it."""

from collections.abc import Iterator

import pytest

from relpro.embedded import EmbeddedTaskcluster, Settings
from tests.submit.graphs import create_creator


@pytest.fixture
def service() -> Iterator[EmbeddedTaskcluster]:
    with EmbeddedTaskcluster(settings=Settings.at_once()) as running:
        create_creator(running)
        yield running
