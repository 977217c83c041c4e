"""Takes the configuration of partners, gives the builds that it requests, or its errors."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import attrs

from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.stock.locales import fits, locales_of

#: Desktop platforms, by their names in the changesets.
PLATFORMS = (
    "linux",
    "linux64",
    "linux64-aarch64",
    "macosx64",
    "win32",
    "win64",
    "win64-aarch64",
)

#: Partner -> sub-partner -> its build: `locales`, `platforms`, and switches.
Partners = Mapping[str, Mapping[str, Mapping[str, Any]]]

#: The locale of the builds themselves, which is in no changeset.
SOURCE_LOCALE = "en-US"

#: The platforms that can have partner builds.
BUILD_PLATFORMS = tuple(f"{platform}-shippable" for platform in PLATFORMS)

#: A problem, and the remedy.
Problem = tuple[str, str]


@attrs.frozen
class Repack:
    """One build for a partner: a platform and a locale of one of its sub-partners."""

    partner: str
    sub_partner: str
    locale: str
    platform: str
    settings: Mapping[str, Any]

    @property
    def id(self) -> str:
        """`partner/sub-partner/locale`: unique for its platform, and the folder of its files."""
        return f"{self.partner}/{self.sub_partner}/{self.locale}"

    @property
    def public(self) -> bool:
        """Whether it is uploaded to a public place."""
        return switch(self.settings, "upload_to_candidates")

    @property
    def stub(self) -> bool:
        """Whether it has a stub installer: there is one (32 bits) for all of Windows."""
        return self.platform.startswith("win32") and switch(self.settings, "repack_stub_installer")


def partners_of(parameters: Parameters, config: str) -> Mapping[str, Any]:
    """The part of `release_partner_config` for one kind of builds; empty if it is null."""
    said: Mapping[str, Any] = (parameters["release_partner_config"] or {}).get(config, {})
    return said


def switch(settings: Mapping[str, Any], name: str) -> bool:
    """A switch of a partner's configuration, which may be text."""
    return settings.get(name) in (True, "true")


def chosen(partners: Partners, wanted: Collection[str] | None) -> Partners:
    """The partners that are `wanted`; by default all."""
    return {name: subs for name, subs in partners.items() if not wanted or name in wanted}


def repacks(partners: Partners, platform: str) -> Iterator[Repack]:
    """The builds for a platform, by partner, sub-partner and locale."""
    for partner, subs in sorted(partners.items()):
        for name, settings in sorted(subs.items()):
            if platform in settings["platforms"]:
                for locale in sorted(settings["locales"]):
                    if fits(locale, platform):
                        yield Repack(partner, name, locale, platform, settings)


def published(
    partners: Partners, wanted: Collection[str] | None
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(partner, sub-partner, settings) of each build on the download site, sorted."""
    for partner, subs in sorted(chosen(partners, wanted).items()):
        for name, settings in sorted(subs.items()):
            if switch(settings, "publish_to_releases"):
                yield partner, name, settings


def partner_problems(partners: Partners, changesets: Mapping[str, Any]) -> Iterator[Problem]:
    """All errors in the builds that partners request, for a release with these changesets."""
    for partner, subs in partners.items():
        for name, settings in subs.items():
            who = f"{partner}/{name}"
            if who.count("/") > 1:
                what = f"partner build `{who}` has a `/` in its name"
                yield what, "remove it: it separates partner, build and locale"
            yield from build_problems(who, settings, changesets)


def build_problems(
    who: str, settings: Mapping[str, Any], changesets: Mapping[str, Any]
) -> Iterator[Problem]:
    """Errors in `locales` and `platforms` of one configuration."""
    for key in ("locales", "platforms"):
        if not settings.get(key):
            yield f"partner build `{who}` has no {key}", f"give it {key}, or leave it out"
    for platform in settings.get("platforms", ()):
        if platform not in BUILD_PLATFORMS:
            yield unknown(f"platform of partner build `{who}`", platform, BUILD_PLATFORMS)
            continue
        token = platform.removesuffix("-shippable")
        released = locales_of(changesets, token)
        if not released:
            what = f"platform `{platform}` of partner build `{who}` is not released"
            yield what, "remove it, or release a locale for it"
            continue
        known = (SOURCE_LOCALE, *released)
        for locale in settings.get("locales", ()):
            if fits(locale, token) and locale not in known:
                yield unknown(f"locale of partner build `{who}` for `{platform}`", locale, known)


def missing_config(partners: Mapping[str, Any], config: str) -> Iterator[Problem]:
    """Enabled partner builds need a configuration; without one, none would be made silently."""
    if not partners:
        what = f"`release_partner_config` says nothing of `{config}`, which is switched on"
        yield what, "give its configuration, or switch it off"


def unknown_partners(wanted: Sequence[str], known: Collection[str]) -> Iterator[Problem]:
    """Each name in `release_partners` that no partner has."""
    for name in wanted:
        if name not in known:
            yield unknown("partner in `release_partners`", name, known)


def unknown(what: str, name: str, known: Collection[str]) -> Problem:
    """The problem of an unknown name."""
    return f"unknown {what}: `{name}`", meant(name, sorted(known), _listed(known))


def _listed(known: Collection[str]) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(known)[:10])
    return f"there are {names}" if names else "there are none"
