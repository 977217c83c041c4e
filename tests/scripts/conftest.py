"""A stage for scripts, with keys and a storage that are made once: they take seconds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import attrs
import boto3
import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.workers.keys import Keys, make_keys
from relpro.workers.scripts import MODULES
from relpro.workers.services import Services, Storage
from tests.cli.conftest import relpro
from tests.scripts.stage import Stage

__all__ = ["relpro"]

CERTIFICATE = "dep-signing"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    made = make_keys(tmp_path_factory.mktemp("keys"), [CERTIFICATE, "addons"])
    # Of a release: keys of their own would take some more seconds.
    (made.folder / "signing" / "release-signing").symlink_to(CERTIFICATE)
    return made


@pytest.fixture(scope="session")
def service() -> Iterator[EmbeddedTaskcluster]:
    with EmbeddedTaskcluster(settings=Settings.at_once(claim_wait=0.01)) as made:
        yield made


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a service with the API of S3."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@attrs.frozen
class Archive:
    """An empty bucket, and what the services say of it."""

    client: Any
    bucket: str
    storage: Storage

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=content)

    def content(self, key: str) -> bytes:
        body: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def names(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.bucket)
        return [one["Key"] for one in found.get("Contents", ())]


@pytest.fixture
def archive(s3: str) -> Archive:
    who = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1", **who)
    bucket = f"archive-{uuid4()}"
    client.create_bucket(Bucket=bucket)
    return Archive(client, bucket, Storage(s3, {"dep": bucket}, "https://archive.example/"))


@pytest.fixture
def stage(service: EmbeddedTaskcluster, keys: Keys, tmp_path: Path) -> Stage:
    queues = {f"widgets-1/{name.removeprefix('scriptworker-')}": name for name in MODULES}
    services = Services(keys.folder, queues, ledger=tmp_path / "ledger")
    return Stage(service, services, tmp_path / "workers")
