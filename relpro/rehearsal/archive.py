"""Provides a storage with the S3 API on loopback, and mirrors it to a folder."""

import logging
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from relpro.workers.storage import client_of

#: The credentials: the storage accepts any.
_ANYBODY = "rehearsal"


@attrs.frozen
class Archive:
    """A storage at `endpoint`."""

    endpoint: str

    @property
    def client(self) -> Any:
        """A client for it."""
        return client_of(self.endpoint, _ANYBODY, _ANYBODY)

    def make(self, buckets: Iterable[str]) -> None:
        """Create buckets."""
        for bucket in buckets:
            self.client.create_bucket(Bucket=bucket, ACL="public-read")


@attrs.frozen
class Mirror:
    """A copy of a storage at the last `update`: each object at `folder`/BUCKET/KEY."""

    archive: Archive
    buckets: tuple[str, ...]
    folder: Path
    _tags: dict[tuple[str, str], str] = attrs.field(factory=dict, init=False, repr=False)

    def update(self) -> None:
        """Copy new and changed objects, and remove deleted ones."""
        there = {(bucket, key): tag for bucket in self.buckets for key, tag in self._listed(bucket)}
        for bucket, key in [one for one in self._tags if one not in there]:
            (self.folder / bucket / key).unlink()
        for (bucket, key), tag in there.items():
            if self._tags.get((bucket, key)) != tag:
                body = self.archive.client.get_object(Bucket=bucket, Key=key)["Body"]
                self._path(bucket, key).write_bytes(body.read())
        self._tags.clear()
        self._tags.update(there)

    def load(self, folder: Path) -> None:
        """Restore objects from a copy; the buckets must exist."""
        for bucket in sorted(path for path in folder.iterdir() if path.is_dir()):
            for path in sorted(one for one in bucket.rglob("*") if one.is_file()):
                key = path.relative_to(bucket).as_posix()
                put = self.archive.client.put_object
                made = put(Bucket=bucket.name, Key=key, Body=path.read_bytes())
                shutil.copyfile(path, self._path(bucket.name, key))
                self._tags[bucket.name, key] = made["ETag"]

    def listed(self) -> Iterator[tuple[str, str]]:
        """Bucket and key of each object that is in the storage now."""
        yield from ((bucket, key) for bucket in self.buckets for key, _ in self._listed(bucket))

    def objects(self) -> tuple[tuple[str, str], ...]:
        """Bucket and key of each object that was there at the last update."""
        return tuple(sorted(self._tags))

    def content(self, bucket: str, key: str) -> bytes:
        """The content of an object at the last update. Raises `OSError` if there was none."""
        return (self.folder / bucket / key).read_bytes()

    def _listed(self, bucket: str) -> Iterator[tuple[str, str]]:
        pages = self.archive.client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for page in pages:
            yield from ((one["Key"], one["ETag"]) for one in page.get("Contents", ()))

    def _path(self, bucket: str, key: str) -> Path:
        path = self.folder / bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


@contextmanager
def archive() -> Iterator[Archive]:
    """An empty storage, during the context."""
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 - it takes a second to import
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415 - an extra of moto

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it would log every call
    # The application of one service: that of all looks for the service of each call.
    app = create_backend_app("s3")
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Archive(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
