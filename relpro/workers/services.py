"""Takes a file that people write, gives the keys and services of script workers.

    keys: keys                        # a folder of keys (`relpro keys`)
    queues:                           # worker pool -> its script; `*` is allowed
      widgets-1/signing: scriptworker-signing
      widgets-1/beetmover: scriptworker-beetmover
    storage:                          # S3, where files are published
      endpoint: http://127.0.0.1:5000
      buckets: {dep: archive}         # the name in scopes (`...:beetmover:bucket:dep`) -> bucket
      address: http://127.0.0.1:5000/archive/
    update-servers: {dep: http://127.0.0.1:8000}       # by their names in scopes
    scheme: http                      # of download URLs in releases; default: https
    repositories: {widget: /srv/git/widget}            # git, by the name or address in payloads
    ledger: ledger                    # records requests to other services
    formats: {autograph_widget: gpg}  # further signing formats -> method
    products: [widget-dev]            # suffixes of platforms: linux64-widget-dev

In production, this is the workers' configuration, which projects do not see. Paths are relative to
the file.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import attrs
import orjson
import voluptuous
from voluptuous import Optional, Required

from relpro.errors import raise_all
from relpro.values import check, one_of, text
from relpro.workers.scripts import MODULES
from relpro.workers.signing.formats import METHODS
from relpro.yaml.document import Document, read

_TEXTS = {text: text}

SCHEMA = voluptuous.Schema(
    {
        Required("keys"): text,
        Optional("queues"): {text: one_of(sorted(MODULES))},
        Optional("storage"): {
            Required("endpoint"): text,
            Required("buckets"): _TEXTS,
            Optional("address"): text,
            Optional("access-key"): text,
            Optional("secret-key"): text,
        },
        Optional("update-servers"): _TEXTS,
        Optional("update-user"): text,
        Optional("scheme"): one_of(["http", "https"]),
        Optional("repositories"): _TEXTS,
        Optional("ledger"): text,
        Optional("formats"): {text: one_of(METHODS)},
        Optional("products"): [text],
    }
)

#: The name of the scripts at services of a rehearsal, which accept any name.
_ANYBODY = "rehearsal"


@attrs.frozen
class Storage:
    """The place of published files: a service with the S3 API.

    `buckets` has the bucket for each name in scopes; `address` is the base URL of files.
    """

    endpoint: str
    buckets: Mapping[str, str]
    address: str
    access_key: str = attrs.field(default=_ANYBODY, repr=False)
    secret_key: str = attrs.field(default=_ANYBODY, repr=False)


@attrs.frozen
class Services:
    """The keys and services of script workers; see above."""

    keys: Path
    queues: Mapping[str, str] = attrs.field(factory=dict)
    storage: Storage | None = None
    update_servers: Mapping[str, str] = attrs.field(factory=dict)
    update_user: str = _ANYBODY
    scheme: str = "https"
    repositories: Mapping[str, str] = attrs.field(factory=dict)
    ledger: Path | None = None
    formats: Mapping[str, str] = attrs.field(factory=dict)
    products: tuple[str, ...] = ()

    def implementation(self, task_queue_id: str) -> str | None:
        """The script of a worker pool; None for a pool that runs commands."""
        found = (
            name
            for pattern, name in self.queues.items()
            if task_queue_id == pattern or fnmatchcase(task_queue_id, pattern)
        )
        return next(found, None)


def read_services(path: Path) -> Services:
    """The services in a file. Raises `RelproError` (Y..., K201 to K203) for all errors in it."""
    document = read(path, str(path))
    raise_all(check(SCHEMA, document.data, document.locations.origin, "the services"))
    return _services(document, path.parent)


def services_text(services: Services) -> bytes:
    """The file that says the same: JSON, which is YAML."""
    said: dict[str, Any] = {
        "keys": str(services.keys.resolve()),
        "queues": dict(services.queues),
        "update-servers": dict(services.update_servers),
        "update-user": services.update_user,
        "scheme": services.scheme,
        "repositories": dict(services.repositories),
        "formats": dict(services.formats),
        "products": list(services.products),
    }
    if services.ledger is not None:
        said["ledger"] = str(services.ledger.resolve())
    if (storage := services.storage) is not None:
        said["storage"] = {
            "endpoint": storage.endpoint,
            "buckets": dict(storage.buckets),
            "address": storage.address,
            "access-key": storage.access_key,
            "secret-key": storage.secret_key,
        }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2)


def _services(document: Document, folder: Path) -> Services:
    said: Mapping[str, Any] = document.data
    ledger = said.get("ledger")
    return Services(
        keys=folder / said["keys"],
        queues=said.get("queues", {}),
        storage=_storage(said["storage"]) if "storage" in said else None,
        update_servers=said.get("update-servers", {}),
        update_user=said.get("update-user", _ANYBODY),
        scheme=said.get("scheme", "https"),
        repositories={
            name: place if "://" in place else str((folder / place).resolve())
            for name, place in said.get("repositories", {}).items()
        },
        ledger=None if ledger is None else folder / ledger,
        formats=said.get("formats", {}),
        products=tuple(said.get("products", ())),
    )


def _storage(said: Mapping[str, Any]) -> Storage:
    endpoint = said["endpoint"].rstrip("/")
    (bucket, *_) = said["buckets"].values() or [""]
    return Storage(
        endpoint,
        said["buckets"],
        said.get("address", f"{endpoint}/{bucket}").rstrip("/") + "/",
        said.get("access-key", _ANYBODY),
        said.get("secret-key", _ANYBODY),
    )
