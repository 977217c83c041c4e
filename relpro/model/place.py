"""The effects of a task besides its artifacts: the places that it writes and reads."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import attrs


class Place(NamedTuple):
    """Something that outlives the task group.

    `kind` is one of `KINDS`. `key` identifies it within the kind, and begins with its container if
    there are several: a bucket, a server, a repository.
    """

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def name(self) -> str:
        """Its key without what holds it."""
        return self.key.partition("/")[2]

    @property
    def is_many(self) -> bool:
        """Whether the key, of a place that a task reads, is a glob for several places."""
        return "*" in self.key or self.key.endswith("/")

    @property
    def moves(self) -> bool:
        """Whether it leads to the latest release, so that each release writes it again."""
        return self.kind in MOVING or (self.kind == "index" and LATEST in self.key.split("."))


#: The kinds of places, and the form of their keys.
KINDS = {
    "object": "`<bucket>/<path>`: a file of a bucket or of a repository of packages",
    "package": "`<apt or yum>/<repository>/<path>`: a package that a repository of packages offers",
    "download": "`<server>/<name>`: a name of the download service",
    "alias": "`<server>/<name>`: a name of the download service that names no version",
    "blob": "`<server>/<product>-<version>-build<n><suffix>`: what the update server offers",
    "rule": "`<server>/<rule>`: which blob the update server offers to whom",
    "channel": "`<server>/<blob>/<channel>`: where a channel finds the files of a blob",
    "update": "`<server>/<blob>/<platform>/<locale>`: what a blob offers to a platform and locale",
    "pin": "`<server>/<product>/<channel>/<version>`: the newest release of a version",
    "record": "`<server>/<release>`: a release in Ship-it",
    "tag": "`<repository>/<tag>`: a tag of a source repository",
    "branch": "`<repository>/<branch>`: what is pushed to, or made a branch",
    "tree-file": "`<repository>/<path>`: a file of sources that a task changes",
    "add-on": "`<server>/<channel>/<product>/<version>/<locale>`: a version of an add-on",
    "track": "`<store>/<product>/<track>`: what people get of a store; not yet with `/draft`",
    "library": "`<bucket>/<group>:<name>:<version>`: Maven coordinates",
    "code-release": "`<project>/<tag>`: a release that a code host shows",
    "asset": "`<project>/<tag>/<file>`: a file of a release on a code host",
    "workflow": "`<app>/<workflow>?<what it is told>`: a run of a workflow of a build service",
    "index": "`<path>`: where a task is found by name",
}

#: Those that lead to the latest release, so that each release writes them again.
MOVING = frozenset({"alias", "branch", "pin", "rule", "track", "tree-file"})

#: Those that are, or get, files for users.
FILES = frozenset({"object", "package", "library", "track", "asset"})

#: A part of an index path that leads to the latest task.
LATEST = "latest"


class Copy(NamedTuple):
    """Objects that a task copies: those whose keys begin with `source`, to `target`.

    Both begin with the bucket. Objects whose path matches one of the patterns `excluded` are not
    copied.
    """

    source: str
    target: str
    excluded: tuple[str, ...]


class Download(NamedTuple):
    """A download name that a task enters, and its file for one platform.

    `path` is that of an object, without its bucket; it may contain `LANG` for the locale.
    """

    name: str
    path: str
    locales: tuple[str, ...]

    def paths(self) -> tuple[str, ...]:
        """The paths of all files to which it leads, in the order of the locales."""
        before, lang, after = self.path.partition(LANG)
        return tuple(f"{before}{one}{after}" for one in self.locales) if lang else (self.path,)


#: In the path of a download, the placeholder of the locale.
LANG = ":lang"


#: Keys of an entry below which it says what its task writes.
SAID_BELOW = ("worker", "effects")


@attrs.frozen
class Effects:
    """The places that a task writes and those that it reads, in their declared order.

    It reads places of this release, and from `outside` those of earlier ones. The key of a place
    that is read may be a glob, with `*`, or end in `/` for everything below it. Copies, and the
    targets of the download names that it writes, are separate fields.
    """

    writes: tuple[Place, ...] = ()
    reads: tuple[Place, ...] = ()
    outside: tuple[Place, ...] = ()
    copies: tuple[Copy, ...] = ()
    downloads: tuple[Download, ...] = ()

    def __bool__(self) -> bool:
        """Whether a task has any effect."""
        return any((self.writes, self.reads, self.outside, self.copies, self.downloads))

    def __add__(self, other: "Effects") -> "Effects":
        """The effects of two tasks, or further effects of one."""
        return Effects(
            self.writes + other.writes,
            self.reads + other.reads,
            self.outside + other.outside,
            self.copies + other.copies,
            self.downloads + other.downloads,
        )

    def to_json(self) -> dict[str, Any]:
        """The effects as in a graph file: keys by kind of place, without empty parts."""
        told = {
            "writes": _by_kind(self.writes),
            "reads": _by_kind(self.reads),
            "outside": _by_kind(self.outside),
            "copies": [copy._asdict() for copy in self.copies],
            "downloads": [download._asdict() for download in self.downloads],
        }
        return {name: part for name, part in told.items() if part}

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "Effects":
        """The effects in a graph file, by kind of place."""
        return cls(
            _places(told.get("writes", {})),
            _places(told.get("reads", {})),
            _places(told.get("outside", {})),
            tuple(
                Copy(one["source"], one["target"], tuple(one["excluded"]))
                for one in told.get("copies", ())
            ),
            tuple(
                Download(one["name"], one["path"], tuple(one["locales"]))
                for one in told.get("downloads", ())
            ),
        )


def joined(*effects: Mapping[str, Mapping[str, Iterable[str]]]) -> dict[str, dict[str, list[str]]]:
    """Several effects as one, each as in a graph file: keys by part and by kind of place."""
    told: dict[str, dict[str, list[str]]] = {}
    for some in effects:
        for part, places in some.items():
            for kind, keys in places.items():
                told.setdefault(part, {}).setdefault(kind, []).extend(keys)
    return told


def _by_kind(places: Iterable[Place]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for kind, key in places:
        keys.setdefault(kind, []).append(key)
    return keys


def _places(keys: Mapping[str, Iterable[str]]) -> tuple[Place, ...]:
    return tuple(Place(kind, key) for kind, some in keys.items() for key in some)


#: The effects of a task without effects.
NO_EFFECTS = Effects()

#: The effects of a task from a file without effects: they are unknown. It equals `NO_EFFECTS`, and
#: is distinguished by identity.
UNTOLD = Effects()
