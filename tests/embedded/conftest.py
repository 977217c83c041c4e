"""Gives each test an embedded Taskcluster of its own, and real clients to call it with."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Settings

Connect = Callable[..., Any]


@pytest.fixture
def service() -> Iterator[EmbeddedTaskcluster]:
    with EmbeddedTaskcluster(settings=Settings.at_once(claim_wait=0.1)) as running:
        yield running


@pytest.fixture
def connect(service: EmbeddedTaskcluster) -> Connect:
    """A client of one service, with some scopes, with all, or (`None`) without credentials."""

    def make(name: str, *scopes: str | None) -> Any:
        anonymous = None in scopes
        held = [scope for scope in scopes if scope is not None]
        options = {"rootUrl": service.root_url} if anonymous else service.options(*held)
        return getattr(taskcluster, name)({**options, "maxRetries": 0})

    return make


@pytest.fixture
def queue(connect: Connect) -> Any:
    return connect("Queue")
