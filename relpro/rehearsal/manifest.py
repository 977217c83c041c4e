"""Takes `kinds/rehearsal.yml`, gives what a rehearsal must know that kinds do not say.

    previous: {version: 1.0.0, patch: tests/1.0.0.patch}   # from which people update
    keys: {release-signing/mar.pub: src/release.pem}       # throw-away keys that go into the tree
    hosts: {archive.example.com: archive}                  # what stands for a host of the world
    rules: [{alias: widget, product: Widget, channel: release}]
    client: {...}                                          # how an installation updates itself

Without the file a release is rehearsed for its own sake, and nobody updates to it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import voluptuous
from voluptuous import Optional, Required

from relpro.errors import raise_all
from relpro.values import check, one_of, text
from relpro.yaml.document import read

FILE: Final = "kinds/rehearsal.yml"

#: What can stand for a host: the files that are published, the service that knows them by names,
#: the update server.
HOSTS: Final = ("archive", "downloads", "updates")

_WORDS = [text]

SCHEMA = voluptuous.Schema(
    {
        Optional("previous"): {
            Required("version"): text,
            Optional("patch"): text,
            Optional("flavors"): {text: text},
        },
        Optional("keys"): {text: text},
        Optional("hosts"): {text: one_of(HOSTS)},
        Optional("rules"): [{text: object}],
        Optional("client"): {
            Required("package"): text,
            Required("folder"): text,
            Required("command"): _WORDS,
            Required("looks"): _WORDS,
            Optional("runs"): {Required("platform"): text, Required("says"): text},
        },
    }
)


@attrs.frozen
class Previous:
    """The release before: its version, what was otherwise in its tree, and how it was promoted.

    `patch` is a file of the tree, for `git apply`; `flavors` are those of its phases that are not
    the first ones of the configuration.
    """

    version: str
    patch: str = ""
    flavors: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Client:
    """How an installation is made, and updates itself.

    `package` is the place of a package in the archive, with `{version}`, `{platform}`, `{folder}`
    (of the platform) and `{locale}`; the program is in `folder` of it. There `command` looks for an
    update in the background, and `looks` does because a person asked for it. On `runs_on` they end
    in the program, started anew, which says `says`.
    """

    package: str
    folder: str
    command: tuple[str, ...]
    looks: tuple[str, ...]
    runs_on: str = ""
    says: str = ""


@attrs.frozen
class Manifest:
    """All of it; `rules` are columns of the rules that the update server has from the start."""

    previous: Previous | None = None
    keys: Mapping[str, str] = attrs.field(factory=dict)
    hosts: Mapping[str, str] = attrs.field(factory=dict)
    rules: tuple[Mapping[str, Any], ...] = ()
    client: Client | None = None


def read_manifest(root: Path) -> Manifest:
    """The manifest of a project. Raises `RelproError` (Y..., K201 to K203) for what is wrong."""
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
