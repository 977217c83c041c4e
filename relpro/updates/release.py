"""A release of an update server: its blob, and the values for a platform and a locale.

Source: Balrog, auslib/blobs/apprelease.py (`ReleaseBlobBase`); the formats are its JSON schemas.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from relpro.updates.refusal import BadData, Broken
from relpro.updates.request import Request
from relpro.updates.versions import read_pin, read_version

#: Schema of a blob that means "no more updates for this system".
DESUPPORT = 50

#: Schema of a blob whose `updateLine` has groups of clients.
GROUPED = 9

#: Supported schemas of blobs; older ones, and those of other services, are not.
SERVED = (4, 5, 6, 8, GROUPED, DESUPPORT)


@attrs.frozen
class Release:
    """A row of the table of releases; `blob` is JSON of the schema that it names.

    `data_version` counts all changes; `locale_versions` those of one locale, by its path in the
    blob (`platforms.<target>.locales.<locale>`).
    """

    name: str
    product: str
    blob: Mapping[str, Any] = attrs.field(hash=False)
    read_only: bool = False
    data_version: int = 1
    locale_versions: Mapping[str, int] = attrs.field(factory=dict, hash=False)

    @property
    def schema(self) -> int:
        """The number of the blob's schema."""
        return int(self.blob["schema_version"])

    @property
    def platforms(self) -> Mapping[str, Any]:
        """Build target -> its data, or the target of which it is an alias."""
        found: Mapping[str, Any] = self.blob.get("platforms", {})
        return found

    def resolved(self, target: str) -> str:
        """The build target of which `target` is an alias, or itself. Raises `BadData`."""
        if target not in self.platforms:
            raise BadData(f"release {self.name} is not for platform `{target}`")
        alias: str = self.platforms[target].get("alias", target)
        return alias

    def platform(self, target: str) -> Mapping[str, Any]:
        """The data of a platform, by its own name or an alias. Raises `BadData`."""
        resolved = self.resolved(target)
        if resolved not in self.platforms:
            raise BadData(f"release {self.name} is not for platform `{resolved}`")
        found: Mapping[str, Any] = self.platforms[resolved]
        return found

    def locale(self, target: str, locale: str) -> Mapping[str, Any]:
        """The data of a platform and locale. Raises `BadData`."""
        locales = self.platform(target).get("locales", {})
        if locale not in locales:
            raise BadData(f"release {self.name} has no locale `{locale}` for `{target}`")
        found: Mapping[str, Any] = locales[locale]
        return found

    def said(self, target: str, locale: str, key: str) -> Any:
        """A value of the locale, or of the whole release, or None."""
        try:
            locales = self.locale(target, locale)
        except BadData:
            return self.blob.get(key)
        return locales.get(key, self.blob.get(key))

    def build_id(self, target: str, locale: str) -> str:
        """The build id of a platform and locale. Raises `NoAnswer`."""
        found = self.locale(target, locale).get("buildID", self.platform(target).get("buildID"))
        if found is None:
            raise BadData(f"release {self.name} says no build id for `{target}`")
        if not isinstance(found, str):
            raise Broken(f"release {self.name} has a build id for `{target}` that is not text")
        return found

    def says_build_id(self, target: str, locale: str) -> bool:
        """Whether there is a build id for a platform and locale. Raises `Broken`."""
        try:
            self.build_id(target, locale)
        except BadData:
            return False
        return True

    def targets_like(self, target: str) -> Iterator[str]:
        """The build targets that share their files with `target`, itself first."""
        resolved = self.resolved(target)
        yield target
        for other, data in self.platforms.items():
            if other != target and resolved in {other, data.get("alias")}:
                yield other


def is_newer(release: Release, request: Request) -> bool:
    """Whether a release is an update for this client. Raises `NoAnswer`.

    It is if its version is higher, or equal with a later build id.
    """
    if release.schema == DESUPPORT:
        return True
    said = release.said(request.build_target, request.locale, "appVersion")
    if not said:
        return False
    version, current = read_version(said), read_version(request.version)
    if current > version:
        return False
    if current == version and request.build_id >= release.build_id(
        request.build_target, request.locale
    ):
        return False
    if "platforms" not in release.blob:
        raise Broken(f"release {release.name} has no platforms")
    return request.build_target in release.platforms


def passes_pin(release: Release, request: Request) -> bool:
    """Whether a newer release exceeds the client's pin. Raises `BadData`."""
    if request.pin is None or release.schema == DESUPPORT:
        return False
    said = release.said(request.build_target, request.locale, "appVersion")
    return read_pin(request.pin).is_passed_by(read_version(said))
