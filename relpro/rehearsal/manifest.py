"""Takes `kinds/rehearsal.yml`, gives the data for a rehearsal that kinds do not have.

    previous: {version: 1.0.0, patch: tests/1.0.0.patch}   # the release from which people update
    keys: {release-signing/mar.pub: src/release.pem}       # throw-away keys that go into the tree
    hosts: {archive.example.com: archive}                  # the service that replaces a host
    rules: [{alias: widget, product: Widget, channel: release}]
    client: {...}                                          # how an installation updates itself

Without the file, a release is rehearsed without updates.
"""

from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any, Final

import attrs
import voluptuous
from voluptuous import Optional, Required

from relpro.errors import raise_all
from relpro.model.phase import Phase
from relpro.updates.platforms import PLATFORMS
from relpro.updates.rule import COLUMNS
from relpro.values import check, list_of, one_of, text
from relpro.values.validators import Scalar
from relpro.yaml.document import read

FILE: Final = "kinds/rehearsal.yml"

#: Services that can replace a host: the published files, the download service, the update server.
HOSTS: Final = ("archive", "downloads", "updates")

#: What the path of a package may name in braces.
_NAMED: Final = frozenset({"version", "platform", "folder", "locale"})


def _is_package(value: object) -> bool:
    try:
        parts = list(Formatter().parse(value)) if isinstance(value, str) else []
    except ValueError:  # a brace alone
        return False
    names = {name for _, name, _, _ in parts if name is not None}
    return bool(parts) and names <= _NAMED and not any(form or way for _, _, form, way in parts)


_PACKAGE: Final = Scalar(
    "a path with `{version}`, `{platform}`, `{folder}` or `{locale}`, and nothing else in braces",
    _is_package,
)

_WORDS = list_of(text, some=True)

#: A rule needs what a rehearsal looks for; the server checks the values of all columns.
_RULE = {
    **{Optional(column): object for column in COLUMNS},
    Required("alias"): text,
    Required("channel"): text,
}

SCHEMA = voluptuous.Schema(
    {
        Optional("previous"): {
            Required("version"): text,
            Optional("patch"): text,
            Optional("flavors"): {Optional(phase.value): text for phase in Phase},
        },
        Optional("keys"): {text: text},
        Optional("hosts"): {text: one_of(HOSTS)},
        Optional("rules"): list_of(_RULE),
        Optional("client"): {
            Required("package"): _PACKAGE,
            Required("folder"): text,
            Required("command"): _WORDS,
            Required("looks"): _WORDS,
            Optional("runs"): {
                Required("platform"): one_of(one.name for one in PLATFORMS),
                Required("says"): text,
            },
        },
    }
)


@attrs.frozen
class Previous:
    """The previous release: its version, the differences in its tree, and its flavors.

    `patch` is a file of the tree, for `git apply`; `flavors` are those of its phases that are not
    the first ones of the configuration.
    """

    version: str
    patch: str = ""
    flavors: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Client:
    """How to install the product, and how it updates itself.

    `package` is the path of a package in the archive, with `{version}`, `{platform}`, `{folder}`
    (of the platform) and `{locale}`; the program is in `folder` inside it. There `command` checks
    for an update in the background, and `looks` as if a person asked. On the platforms `runs_on`,
    both end by restarting the program, which prints `says`.
    """

    package: str
    folder: str
    command: tuple[str, ...]
    looks: tuple[str, ...]
    runs_on: str = ""
    says: str = ""


@attrs.frozen
class Manifest:
    """The whole manifest; `rules` are the initial rules of the update server, by column."""

    previous: Previous | None = None
    keys: Mapping[str, str] = attrs.field(factory=dict)
    hosts: Mapping[str, str] = attrs.field(factory=dict)
    rules: tuple[Mapping[str, Any], ...] = ()
    client: Client | None = None


def read_manifest(root: Path) -> Manifest:
    """The manifest of a project. Raises `RelproError` (Y..., K201 to K203) for all errors in it."""
    path = root / FILE
    if not path.is_file():
        return Manifest()
    document = read(path, FILE)
    raise_all(check(SCHEMA, document.data, document.locations.origin, "the rehearsal"))
    said: Mapping[str, Any] = document.data
    return Manifest(
        previous=Previous(**said["previous"]) if "previous" in said else None,
        keys=said.get("keys", {}),
        hosts=said.get("hosts", {}),
        rules=tuple(said.get("rules", ())),
        client=_client(said["client"]) if "client" in said else None,
    )


def _client(said: Mapping[str, Any]) -> Client:
    runs = said.get("runs", {})
    return Client(
        said["package"],
        said["folder"],
        tuple(said["command"]),
        tuple(said["looks"]),
        runs.get("platform", ""),
        runs.get("says", ""),
    )
