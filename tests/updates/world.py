"""A small world of updates without fault, which tests then break: three releases, two rules."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from relpro.updates.answer import Tables
from relpro.updates.release import Release
from relpro.updates.rule import Rule

PLACE = "https://files.example/pub/"
TARGETS = ("Linux_x86_64-gcc3", "WINNT_x86_64-msvc")
ALIAS = "WINNT_x86_64-msvc-x64"
LOCALES = ("de", "en-US", "fr")
VERSIONS = ("1.0", "2.0", "3.0")


def build_of(version: str) -> str:
    return f"2024{int(version[0]):02}01000000"


def path_of(version: str, target: str, locale: str) -> str:
    return f"{version}/{target}/{locale}.mar"


def content_of(path: str) -> bytes:
    return f"the MAR {path}".encode()


def release(version: str, **changes: Any) -> Release:
    """A release for all platforms and locales."""
    platforms: dict[str, Any] = {
        target: {
            "OS_FTP": target,
            "OS_BOUNCER": target,
            "locales": {locale: locale_of(version, target, locale) for locale in LOCALES},
        }
        for target in TARGETS
    }
    platforms[ALIAS] = {"alias": TARGETS[1]}
    url = f"{PLACE}{version}/%OS_FTP%/%LOCALE%.mar"
    blob = {
        "name": f"Widget-{version}",
        "schema_version": 9,
        "hashFunction": "sha512",
        "appVersion": version,
        "displayVersion": version,
        "fileUrls": {"*": {"completes": {"*": url}}},
        "platforms": platforms,
        **changes,
    }
    return Release(f"Widget-{version}", "Widget", blob)


def locale_of(version: str, target: str, locale: str) -> Mapping[str, Any]:
    content = content_of(path_of(version, target, locale))
    digest = hashlib.sha512(content).hexdigest()
    patch = {"from": "*", "filesize": len(content), "hashValue": digest}
    return {"buildID": build_of(version), "appVersion": version, "completes": [patch]}


def without_locale(one: Release, target: str, locale: str) -> Release:
    """A release that lacks a locale on a platform."""
    platform = one.blob["platforms"][target]
    locales = {name: said for name, said in platform["locales"].items() if name != locale}
    platforms = {**one.blob["platforms"], target: {**platform, "locales": locales}}
    return attrs.evolve(one, blob={**one.blob, "platforms": platforms})


def world(**changes: Any) -> Tables:
    """Clients of 1.0 go to 2.0 first, then with everybody to 3.0."""
    rules = (
        Rule(1, 20, "Widget-2.0", product="Widget", channel="release*", version="<2.0"),
        Rule(2, 10, "Widget-3.0", product="Widget", channel="release*", alias="widget-release"),
    )
    releases = {one.name: one for one in map(release, VERSIONS)}
    return Tables(**{"rules": rules, "releases": releases, **changes})


def write_files(folder: Path) -> None:
    """Every file that is offered."""
    for version in VERSIONS:
        for target in TARGETS:
            for locale in LOCALES:
                path = path_of(version, target, locale)
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content_of(path))
