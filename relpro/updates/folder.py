"""Takes a folder of MARs; gives tables that offer them to every client.

Files in `.../<platform>/<locale>/` are for these, as in the folders of candidates; others are for
every client. There is one rule for all clients, and one release for each client.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import attrs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.updates.answer import Tables
from relpro.updates.archives import Archive, read_archive
from relpro.updates.platforms import is_platform, targets_of
from relpro.updates.refusal import NoAnswer
from relpro.updates.release import GROUPED, Release
from relpro.updates.request import Request
from relpro.updates.rule import Rule
from relpro.updates.versions import read_version

#: The URL path of files.
FILES = "/files/"

#: The most archives whose metadata is cached.
_REMEMBERED = 10_000


@attrs.frozen
class Offered:
    """An archive of a folder: its path there, and its platform and locale; empty for all."""

    path: str
    archive: Archive
    platform: str = ""
    locale: str = ""

    def __str__(self) -> str:
        archive = self.archive
        start = f" from {archive.origin}" if archive.origin else ""
        build = f" (build {archive.build_id})" if archive.build_id else ""
        return f"{self.path}: {archive.kind}{start} to {archive.version or '?'}{build}"

    def is_for(self, request: Request) -> bool:
        """Whether a client may have it."""
        target = request.build_target
        return (not self.platform or target in targets_of(self.platform)) and (
            not self.locale or self.locale == request.locale
        )


@attrs.frozen
class Folder:
    """A folder of MARs. It may change at any time: each request uses the current files.

    `build_id` and `version` replace the metadata of archives.
    """

    path: Path
    build_id: str = ""
    version: str = ""

    def names(self) -> tuple[str, ...]:
        """The paths of the archives."""
        found = sorted(self.path.rglob("*.mar"))
        return tuple(one.relative_to(self.path).as_posix() for one in found)

    def archives(self) -> tuple[Offered, ...]:
        """The archives. Raises `RelproError` (U802)."""
        files = [self.path / name for name in self.names()]
        if not files:
            remedy = "name the folder that holds them"
            what = f"there are no MARs in `{self.path}`"
            raise RelproError(Diagnostic("U802", what, (Origin(str(self.path)),), remedy=remedy))
        return tuple(self._offered(file) for file in files)

    def _offered(self, file: Path) -> Offered:
        stat = file.stat()
        archive = _remembered(file, stat.st_mtime_ns, stat.st_size)
        archive = attrs.evolve(
            archive,
            version=self.version or archive.version,
            build_id=self.build_id or archive.build_id,
        )
        if archive.version:
            _check_version(file, archive.version)
        where = file.relative_to(self.path)
        _, *above = reversed(where.parts)
        if len(above) > 1 and is_platform(above[1]):
            return Offered(where.as_posix(), archive, above[1], above[0])
        return Offered(where.as_posix(), archive)

    def tables(self, request: Request, address: str) -> Tables:
        """The tables for one client; `address` is the URL of this server. Raises `RelproError`."""
        fitting = [one for one in self.archives() if one.is_for(request)]
        versions = {one.archive.version for one in fitting if one.archive.version}
        if not versions:
            return Tables()
        newest = max(versions, key=read_version)
        found = [one for one in fitting if one.archive.version == newest]
        release = _release(found, request, address)
        origins = (one.archive.origin for one in found if one.archive.origin == request.version)
        releases = [release, *(_installed(origin, request) for origin in set(origins))]
        rule = Rule(rule_id=1, priority=1, mapping=release.name, comment=str(self.path))
        return Tables(rules=(rule,), releases={one.name: one for one in releases})


def _check_version(file: Path, version: str) -> None:
    try:
        read_version(version)
    except NoAnswer:
        what = f"`{file.name}` is of version {version}, which no update server can compare"
        remedy = "name the version that clients say of themselves: `--version`"
        diagnostic = Diagnostic("U802", what, (Origin(str(file)),), remedy=remedy)
        raise RelproError(diagnostic) from None


@lru_cache(maxsize=_REMEMBERED)
def _remembered(path: Path, changed: int, size: int) -> Archive:
    """The metadata of a file, cached until it changes."""
    del changed, size
    return read_archive(path)


def _release(found: Sequence[Offered], request: Request, address: str) -> Release:
    """A release with only these files, for only this client."""
    archives = [one.archive for one in found]
    version = archives[0].version
    builds = [one.build_id for one in archives if one.build_id]
    said: dict[str, Any] = {
        "appVersion": version,
        "displayVersion": version,
        "buildID": max(builds, default=""),
        "completes": [],
        "partials": [],
    }
    for one in found:
        origin = _name(one.archive.origin) if one.archive.kind == "partial" else "*"
        patch = {
            "from": origin,
            "filesize": one.archive.size,
            "hashValue": one.archive.sha512,
            "fileUrl": f"{address}{FILES}{quote(one.path)}",
        }
        said["partials" if one.archive.kind == "partial" else "completes"].append(patch)
    return _blob(version, request, said)


def _installed(version: str, request: Request) -> Release:
    """The release that a client has installed, from which a partial update starts."""
    return _blob(version, request, {"appVersion": version, "buildID": request.build_id})


def _blob(version: str, request: Request, said: Mapping[str, object]) -> Release:
    platform = {"OS_BOUNCER": "", "OS_FTP": "", "locales": {request.locale: said}}
    blob = {
        "name": _name(version),
        "schema_version": GROUPED,
        "hashFunction": "sha512",
        "platforms": {request.build_target: platform},
    }
    return Release(_name(version), request.product, blob)


def _name(version: str) -> str:
    return f"folder-{version}"
