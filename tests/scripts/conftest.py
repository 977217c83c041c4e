"""A stage for scripts, and keys that are made once: some of them take a second."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.workers.keys import Keys, make_keys
from relpro.workers.services import Services
from tests.cli.conftest import relpro
from tests.scripts.stage import Stage

__all__ = ["relpro"]

CERTIFICATE = "dep-signing"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("keys"), [CERTIFICATE])


@pytest.fixture(scope="session")
def service() -> Iterator[EmbeddedTaskcluster]:
    with EmbeddedTaskcluster(settings=Settings.at_once(claim_wait=0.01)) as made:
        yield made


@pytest.fixture
def stage(service: EmbeddedTaskcluster, keys: Keys, tmp_path: Path) -> Stage:
    scripts = ("signing",)
    queues = {f"widgets-1/{name}": f"scriptworker-{name}" for name in scripts}
    return Stage(service, Services(keys.folder, queues), tmp_path / "workers")
