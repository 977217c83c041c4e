"""Takes a folder, gives a storage with the API of S3 on loopback, and what is kept of it."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from relpro.workers.storage import client_of

#: Whoever calls: the storage takes any name.
_ANYBODY = "rehearsal"


@attrs.frozen
class Archive:
    """A storage at `endpoint`."""

    endpoint: str

    def make(self, buckets: Iterable[str]) -> None:
        """Make buckets."""
        client = self._client()
        for bucket in buckets:
            client.create_bucket(Bucket=bucket, ACL="public-read")

    def objects(self, bucket: str) -> Iterator[tuple[str, int]]:
        """Key and size of every object of a bucket, by key."""
        pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for page in pages:
            yield from ((one["Key"], one["Size"]) for one in page.get("Contents", ()))

    def content(self, bucket: str, key: str) -> bytes:
        """What an object holds."""
        content: bytes = self._client().get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def save(self, buckets: Iterable[str], folder: Path) -> None:
        """Write every object to `folder`/BUCKET/KEY."""
        for bucket in buckets:
            for key, _ in self.objects(bucket):
                path = folder / bucket / key
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.content(bucket, key))

    def load(self, folder: Path) -> None:
        """Put there again what was saved; the buckets are there."""
        client = self._client()
        for bucket in sorted(path for path in folder.iterdir() if path.is_dir()):
            for path in sorted(one for one in bucket.rglob("*") if one.is_file()):
                key = path.relative_to(bucket).as_posix()
                client.put_object(Bucket=bucket.name, Key=key, Body=path.read_bytes())

    def _client(self) -> Any:
        return client_of(self.endpoint, _ANYBODY, _ANYBODY)


@contextmanager
def archive() -> Iterator[Archive]:
    """A storage, empty, for as long as the context lasts."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - it takes a second to import

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it would tell of every call
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield Archive(f"http://{host}:{port}")
    finally:
        server.stop()
