"""What a task does outside of its own artifacts: the places that it writes and reads."""

from typing import NamedTuple

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
}


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


#: Of a task that does nothing outside of its own artifacts.
NO_EFFECTS = Effects()
