"""Takes keys and contents, stores them in an S3 bucket; existing objects keep their bytes."""

import hashlib
from collections.abc import Iterator
from functools import cache
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any

import attrs
import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from relpro.errors import Diagnostic, Unreachable
from relpro.workers.errand import Failed
from relpro.workers.job import UNAVAILABLE, Unfit
from relpro.workers.services import Storage

#: Seconds for which caches may keep a file. Source: beetmoverscript, CACHE_CONTROL_MAXAGE.
_MAX_AGE = 3600 * 4

#: Bytes that are compared at a time.
_PIECE = 1 << 20

#: Content types of uploads by extension, beyond those that every Python knows. Source:
#: beetmoverscript, constants.py, MIME_MAP; the last are those of its image.
_TYPES = {
    "application/java-archive": (".aar", ".jar"),
    "application/json": (".json", ".module"),
    "application/msix": (".msix",),
    "application/octet-stream": (".aab", ".bundle", ".bz2", ".mar", ".rcc", ".sig", ".snap"),
    "application/vnd.android.package-archive": (".apk",),
    "application/x-iso9660-image": (".dmg",),
    "application/x-msi": (".msi",),
    "application/x-newton-compatible-pkg": (".pkg",),
    "application/x-xpinstall": (".xpi",),
    "application/x-xz": (".xz",),
    "application/xml": (".pom",),
    "text/plain": (
        "",
        ".asc",
        ".beet",
        ".checksums",
        ".log",
        ".md5",
        ".sha1",
        ".sha256",
        ".sha512",
    ),
    "application/vnd.debian.binary-package": (".deb",),
    "application/x-redhat-package-manager": (".rpm",),
}

#: The answers of S3 for a missing key, and for an unmet condition.
_NOT_FOUND = 404
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict")


def _known_types() -> MimeTypes:
    types = MimeTypes(())
    for kind, ends in _TYPES.items():
        for end in ends:
            types.add_type(kind, end)
    return types


_KNOWN = _known_types()


def content_type(name: str) -> str | None:
    """The content type of a file, by its name; None if beetmoverscript does not know it either."""
    return _KNOWN.guess_type(name)[0]


@cache
def client_of(endpoint: str, access_key: str, secret_key: str) -> object:
    """A client, shared by threads: making one takes longer than most uploads.

    Its times are texts: nobody reads them, and to parse them takes half of the time of a list.
    """
    session = botocore.session.get_session()
    parsers = session.get_component("response_parser_factory")
    parsers.set_parser_defaults(timestamp_parser=str)
    return boto3.Session(botocore_session=session).client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 3}),
    )


@attrs.frozen
class Bucket:
    """A bucket of a storage, by its name there. Calls raise `Unreachable` (Q702) and `Failed`."""

    name: str
    client: Any = attrs.field(repr=False)

    @classmethod
    def of(cls, storage: Storage | None, resource: str) -> "Bucket":
        """The bucket of a scope. Raises `Unfit` if the services have none."""
        if storage is None or resource not in storage.buckets:
            what = f"the services have no bucket for `{resource}`"
            raise Unfit(what, UNAVAILABLE)
        client = client_of(storage.endpoint, storage.access_key, storage.secret_key)
        return cls(storage.buckets[resource], client)

    def put(self, key: str, path: Path, kind: str, *, replace: bool = False) -> bool:
        """Upload a file; False if it exists already.

        Raises `Failed` if the key has other bytes that may not be replaced.
        """
        condition = {} if replace else {"IfNoneMatch": "*"}
        # Not every service with this API supports conditions.
        if not replace and self._has(key):
            return self._demand_same(key, path)
        with path.open("rb") as file:
            try:
                self.client.put_object(
                    Bucket=self.name,
                    Key=key,
                    Body=file,
                    ContentType=kind,
                    CacheControl=f"public, max-age={_MAX_AGE}",
                    **condition,
                )
            except ClientError as error:
                if error.response["Error"]["Code"] in _TAKEN:
                    return self._demand_same(key, path)
                raise self._refused(error) from None
            except BotoCoreError as error:
                raise self._silent(error) from None
        return True

    def keys(self, prefix: str) -> dict[str, str]:
        """Key -> digest of the objects below a prefix, in the order of the keys."""
        try:
            pages = self.client.get_paginator("list_objects_v2")
            listed = [
                one
                for page in pages.paginate(Bucket=self.name, Prefix=prefix)
                for one in page.get("Contents", ())
            ]
        except ClientError as error:
            raise self._refused(error) from None
        except BotoCoreError as error:
            raise self._silent(error) from None
        return {one["Key"]: one["ETag"].split("-")[0] for one in listed}

    def copy(self, source: str, target: str) -> None:
        """Copy the object at a key to another key, which is free."""
        place = {"Bucket": self.name, "Key": source}
        try:
            self.client.copy_object(Bucket=self.name, CopySource=place, Key=target)
        except ClientError as error:
            raise self._refused(error) from None
        except BotoCoreError as error:
            raise self._silent(error) from None

    def _has(self, key: str) -> bool:
        try:
            self.client.head_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == _NOT_FOUND:
                return False
            raise self._refused(error) from None
        except BotoCoreError as error:
            raise self._silent(error) from None
        return True

    def _demand_same(self, key: str, path: Path) -> bool:
        with path.open("rb") as file:
            ours = hashlib.file_digest(file, "sha256").hexdigest()
        theirs = hashlib.sha256()
        for piece in self._pieces(key):
            theirs.update(piece)
        if ours != theirs.hexdigest():
            raise Failed(f"`{key}` is there with other bytes, which are not overwritten")
        return False

    def _pieces(self, key: str) -> Iterator[bytes]:
        try:
            yield from self.client.get_object(Bucket=self.name, Key=key)["Body"].iter_chunks(_PIECE)
        except ClientError as error:
            raise self._refused(error) from None
        except BotoCoreError as error:
            raise self._silent(error) from None

    def _refused(self, error: ClientError) -> Failed:
        return Failed(f"bucket `{self.name}` refuses: {error}")

    def _silent(self, error: BotoCoreError) -> Unreachable:
        return Unreachable(Diagnostic("Q702", f"the storage cannot be reached: {error}"))
