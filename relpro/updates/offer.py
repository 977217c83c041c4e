"""Takes a release and a request; gives the update that is offered: its attributes and files.

Source: Balrog, auslib/blobs/apprelease.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import attrs

from relpro.updates import matching
from relpro.updates.refusal import Broken
from relpro.updates.release import DESUPPORT, GROUPED, Release
from relpro.updates.request import Request
from relpro.updates.versions import matches_version

#: Fields that an ungrouped blob sets for all clients, in the order of the answer.
_SHOWN = ("showPrompt", "showNeverForVersion", "actions", "openURL", "notificationURL", "alertURL")
_PROOF = ("binTransMerkleRoot", "binTransCertificate", "binTransSCTList")
_FIELDS: Mapping[int, tuple[str, ...]] = {
    4: ("billboardURL", *_SHOWN),
    5: ("billboardURL", *_SHOWN, "promptWaitTime"),
    6: (*_SHOWN, "promptWaitTime"),
    8: (*_SHOWN, "promptWaitTime", *_PROOF),
}

#: Fields in which `%LOCALE%` is replaced by the client's locale.
_WITH_LOCALE = frozenset(
    {"billboardURL", "detailsURL", "licenseURL", "openURL", "notificationURL", "alertURL"}
)

#: The lists of patches in a blob -> their types in the answer.
_LISTS = (("completes", "complete"), ("partials", "partial"))

#: Schemas whose patches may contain a proof of inclusion in a public log.
_PROVEN = frozenset({8, GROUPED})


@attrs.frozen
class Patch:
    """An update file: `kind` is `complete` or `partial`, `size` is in bytes."""

    kind: str
    url: str
    hash_function: str
    hash_value: str
    size: int
    proof: str = ""


@attrs.frozen
class Offer:
    """An update: the attributes of its line in order, and at most two files."""

    release: str
    attributes: tuple[tuple[str, str], ...]
    patches: tuple[Patch, ...] = ()


@attrs.frozen
class Hosts:
    """The hosts from which files may be offered.

    `allowed` maps a host to the products whose files it has; None allows every host. URLs that
    begin with one of `told_of_force` get a parameter if the update was forced.
    """

    allowed: Mapping[str, Sequence[str]] | None = attrs.field(default=None, hash=False)
    told_of_force: tuple[str, ...] = ()

    def allow(self, url: str, product: str) -> bool:
        """Whether a client of a product may get a URL."""
        return self.allowed is None or product in self.allowed.get(urlsplit(url).netloc, ())

    def forced(self, url: str, force: int | None) -> str:
        """The URL, with the client's `force` if its host wants it."""
        if force is None or not url.startswith(self.told_of_force or ("\0",)):
            return url
        return f"{url}{'&' if '?' in url else '?'}force={force}"


def make_offer(
    release: Release,
    request: Request,
    update_type: str,
    releases: Mapping[str, Release],
    hosts: Hosts,
) -> Offer:
    """The update to a release that is newer than the client's version. Raises `NoAnswer`."""
    if release.schema == DESUPPORT:
        return Offer(release.name, tuple(_end_of_support(release, request, update_type)))
    attributes = tuple(
        (name, _text(value)) for name, value in _attributes(release, request, update_type)
    )
    said = release.locale(request.build_target, request.locale)
    offering = _Offering(release, request, releases, hosts)
    found = (offering.first(said.get(name, ()), name, kind) for name, kind in _LISTS)
    return Offer(release.name, attributes, tuple(patch for patch in found if patch))


@attrs.frozen
class _Offering:
    """The inputs that decide which patch of a release is offered."""

    release: Release
    request: Request
    releases: Mapping[str, Release]
    hosts: Hosts

    def first(self, listed: Sequence[Mapping[str, Any]], name: str, kind: str) -> Patch | None:
        """The first matching patch of a list. Raises `NoAnswer`."""
        for patch in listed:
            if not self._starts_here(patch["from"]):
                continue
            url = self._url(patch, name)
            if url is None and kind == "complete":
                raise Broken(f"release {self.release.name} has no address of its complete file")
            if url is None or not self.hosts.allow(url, self.request.product):
                continue
            proof = patch.get("binTransInclusionProof", "")
            return Patch(
                kind=kind,
                url=url,
                hash_function=self.release.blob["hashFunction"],
                hash_value=patch["hashValue"],
                size=patch["filesize"],
                proof=proof if self.release.schema in _PROVEN else "",
            )
        return None

    def _starts_here(self, name: str) -> bool:
        """Whether a patch from a release matches the client's installation.

        Raises `Broken` if that release does not exist, or if it has a platform with these files but
        not the locale: Balrog then fails (`matchesUpdateQuery`, by an unset variable), or by chance
        does not if the platform has several names.
        """
        if name == "*":
            return True
        origin = self.releases.get(name)
        if origin is None:
            return False
        if origin.schema == DESUPPORT:
            raise Broken(f"release {self.release.name} has a partial file from {name}")
        target, locale = self.request.build_target, self.request.locale
        known = [one for one in self.release.targets_like(target) if one in origin.platforms]
        lacking = [one for one in known if not origin.says_build_id(one, locale)]
        if lacking and (lacking[0] == target or target not in known):
            raise Broken(f"release {name} says no build id for `{lacking[0]}` in `{locale}`")
        return any(
            origin.build_id(one, locale) == self.request.build_id
            for one in known
            if one not in lacking
        )

    def _url(self, patch: Mapping[str, Any], name: str) -> str | None:
        """The URL of a patch: its own, or that of the channel."""
        if "fileUrl" in patch:
            return self.hosts.forced(patch["fileUrl"], self.request.force)
        url = self._url_of_channel(name, patch["from"])
        if not url:
            return None
        platform = self.release.platform(self.request.build_target)
        words = {"LOCALE": self.request.locale}
        for word in ("OS_FTP", "OS_BOUNCER"):
            if word not in platform:
                raise Broken(f"release {self.release.name} says no {word} of a platform")
            words[word] = platform[word]
        return self.hosts.forced(_filled(url, words), self.request.force)

    def _url_of_channel(self, name: str, origin: str) -> str | None:
        """The URLs of the channel itself, of the one that it follows, or of all channels.

        A channel with URLs has all of them: missing ones are not searched elsewhere.
        """
        channel = self.request.channel
        urls = self.release.blob.get("fileUrls", {})
        for said in (channel, matching.fallback_channel(channel), "*"):
            if urls.get(said):
                found: str | None = urls[said].get(name, {}).get(origin)
                return found
        return None


def _attributes(release: Release, request: Request, update_type: str) -> Iterator[tuple[str, Any]]:
    """The attributes of an update's line, in Balrog's order."""
    if release.schema == GROUPED:
        grouped = _grouped(release, request, update_type)
        shown: Iterator[tuple[str, Any]] = iter(sorted(grouped.items()))
    else:
        shown = _flat(release, request, update_type)
    for name, value in shown:
        is_localised = name in _WITH_LOCALE
        yield name, _filled(value, {"LOCALE": request.locale}) if is_localised else value


def _grouped(release: Release, request: Request, update_type: str) -> Mapping[str, object]:
    """The attributes that a blob sets for groups of clients."""
    target, locale = request.build_target, request.locale
    fields = {
        "appVersion": release.said(target, locale, "appVersion"),
        "displayVersion": release.said(target, locale, "displayVersion"),
        "buildID": release.build_id(target, locale),
        "type": update_type,
    }
    for group in release.blob.get("updateLine", ()):
        if all(_is_for(name, values, request) for name, values in group["for"].items()):
            fields.update(group["fields"])
    return fields


def _flat(release: Release, request: Request, update_type: str) -> Iterator[tuple[str, object]]:
    """The attributes that a blob sets for all clients."""
    target, locale = request.build_target, request.locale
    build_id = release.build_id(target, locale)
    yield "type", update_type
    for name in ("displayVersion", "appVersion", "platformVersion"):
        yield name, release.said(target, locale, name)
    yield "buildID", build_id
    for key, name in (("detailsUrl", "detailsURL"), ("licenseUrl", "licenseURL")):
        if key in release.blob:
            yield name, release.blob[key]
    if release.locale(target, locale).get("isOSUpdate"):
        yield "isOSUpdate", True
    for name in _FIELDS.get(release.schema, ()):
        if name in release.blob:
            yield name, release.blob[name]


def _is_for(condition: str, values: Sequence[str], request: Request) -> bool:
    """Whether a group of fields applies to a client."""
    if condition == "channels":
        return any(matching.matches_channel(value, request.channel) for value in values)
    if condition == "locales":
        return request.locale in values
    if condition == "versions":
        return any(matches_version(value, request.version) for value in values)
    return any(matching.matches_build_id(value, request.build_id) for value in values)


def _filled(text: str, words: Mapping[str, str]) -> str:
    """A text with `%WORD%` and `%word%` replaced."""
    for word, value in words.items():
        text = text.replace(f"%{word}%", value).replace(f"%{word.lower()}%", value)
    return text


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _end_of_support(
    release: Release, request: Request, update_type: str
) -> Iterator[tuple[str, str]]:
    system = request.build_target.partition("_")[0]
    words = {"LOCALE": request.locale, "VERSION": request.version, "OS": system}
    yield "type", update_type
    yield "unsupported", "true"
    yield "detailsURL", _filled(release.blob["detailsUrl"], words)
    yield "displayVersion", str(release.blob["displayVersion"])
