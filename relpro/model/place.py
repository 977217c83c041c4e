"""What a task does outside of its own artifacts: the places that it writes and reads."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import attrs


class Place(NamedTuple):
    """Something that outlives the task group.

    `kind` is one of `KINDS`. `key` names it there, and begins with what holds it where there are
    several of the kind: a bucket, a server, a repository.
    """

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


#: What places there are, with how their keys are made.
KINDS = {
    "object": "`<bucket>/<path>`: a file of a bucket or of a repository of packages",
    "download": "`<server>/<name>`: a name of the download service",
    "alias": "`<server>/<name>`: a name of the download service that names no version",
    "blob": "`<server>/<product>-<version>-build<n><suffix>`: what the update server offers",
    "rule": "`<server>/<rule>`: which blob the update server offers to whom",
    "record": "`<server>/<release>`: a release in Ship-it",
    "index": "`<path>`: where a task is found by name",
}

#: Those that each release writes again: they lead to what is the latest.
MOVING = frozenset({"alias", "rule"})


class Copy(NamedTuple):
    """Objects that a task copies: those whose keys begin with `source`, to `target`.

    Both begin with the bucket. None is copied whose path one of the patterns `excluded` matches.
    """

    source: str
    target: str
    excluded: tuple[str, ...]


class Download(NamedTuple):
    """A download name that a task enters, and the file of one platform that it leads to.

    `path` is that of an object, without its bucket, or has `LANG` where the locale stands.
    """

    name: str
    path: str
    locales: tuple[str, ...]

    def paths(self) -> tuple[str, ...]:
        """The paths of all files to which it leads, in the order of the locales."""
        before, lang, after = self.path.partition(LANG)
        return tuple(f"{before}{one}{after}" for one in self.locales) if lang else (self.path,)


#: In the path of a download, the place of the locale.
LANG = ":lang"


@attrs.frozen
class Effects:
    """The places that a task writes and those that it reads, in the order in which it says them.

    What it copies, and where the download names lead that it writes, are told beside them.
    """

    writes: tuple[Place, ...] = ()
    reads: tuple[Place, ...] = ()
    copies: tuple[Copy, ...] = ()
    downloads: tuple[Download, ...] = ()

    def __bool__(self) -> bool:
        """Whether a task does anything."""
        return bool(self.writes or self.reads or self.copies or self.downloads)

    def to_json(self) -> dict[str, Any]:
        """The effects as they stand in a graph file: keys by kind of place, no empty part."""
        told = {
            "writes": _by_kind(self.writes),
            "reads": _by_kind(self.reads),
            "copies": [copy._asdict() for copy in self.copies],
            "downloads": [download._asdict() for download in self.downloads],
        }
        return {name: part for name, part in told.items() if part}

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "Effects":
        """The effects that stand in a graph file, by kind of place."""
        return cls(
            _places(told.get("writes", {})),
            _places(told.get("reads", {})),
            tuple(
                Copy(one["source"], one["target"], tuple(one["excluded"]))
                for one in told.get("copies", ())
            ),
            tuple(
                Download(one["name"], one["path"], tuple(one["locales"]))
                for one in told.get("downloads", ())
            ),
        )


def _by_kind(places: Iterable[Place]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for kind, key in places:
        keys.setdefault(kind, []).append(key)
    return keys


def _places(keys: Mapping[str, Iterable[str]]) -> tuple[Place, ...]:
    return tuple(Place(kind, key) for kind, some in keys.items() for key in some)


#: Of a task that does nothing outside of its own artifacts.
NO_EFFECTS = Effects()

#: Of a task of which nobody says what it does: it was read from a file without effects. It equals
#: `NO_EFFECTS`, and is told from it by identity.
UNTOLD = Effects()
