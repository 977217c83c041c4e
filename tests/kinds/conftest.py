"""Releases to generate: every product, branch and phase, with a few locales."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from relpro.goal import Goal
from relpro.model.phase import Phase
from relpro.pipeline import Pipeline
from relpro.project import Project

ROOT = Path(__file__).resolve().parents[2]

_DESKTOP = ("linux64", "linux64-aarch64", "macosx64", "win32", "win64", "win64-aarch64")


def _changesets() -> dict[str, Any]:
    """Two locales everywhere, and Japanese in both of its forms."""

    def platforms(named: tuple[str, ...]) -> list[str]:
        return [name + suffix for name in named for suffix in ("", "-devedition")]

    others = tuple(name for name in _DESKTOP if name != "macosx64")
    listed = {"de": _DESKTOP, "fr": _DESKTOP, "ja": others, "ja-JP-mac": ("macosx64",)}
    return {
        locale: {"pin": False, "platforms": platforms(named), "revision": f"{number:040x}"}
        for number, (locale, named) in enumerate(listed.items())
    }


_COMMON: Mapping[str, Any] = {
    "level": "3",
    "owner": "releases@example.com",
    "head_repository": "https://hg.example.com/browser",
    "head_rev": "a" * 40,
    "build_date": 1_750_000_000,
    "moz_build_date": "20250615150640",
    "release_eta": "",
    "release_history": {},
    "l10n_changesets": _changesets(),
}

#: Name -> what is particular to the release.
RELEASES: Mapping[str, Mapping[str, Any]] = {
    "beta": {
        "project": "mozilla-beta",
        "version": "141.0b2",
        "app_version": "141.0",
        "next_version": "141.0b3",
    },
    "release": {"project": "mozilla-release", "version": "140.0.1", "next_version": "140.0.2"},
    "esr": {
        "project": "mozilla-esr140",
        "version": "140.1.0esr",
        "app_version": "140.1.0",
        "next_version": "140.2.0esr",
    },
    "next-esr": {
        "project": "mozilla-esr153",
        "version": "153.3.0esr",
        "app_version": "153.3.0",
        "next_version": "153.4.0esr",
    },
    "updated": {
        "project": "mozilla-release",
        "version": "140.0.1",
        "release_history": {
            "Linux_x86_64-gcc3": {
                "de": {
                    "target-139.0.4.partial.mar": {
                        "buildid": "20250601000000",
                        "mar_url": "https://archive.example.com/139.0.4.complete.mar",
                        "previousVersion": "139.0.4",
                        "previousBuildNumber": "2",
                        "product": "Firefox",
                    }
                }
            }
        },
    },
    "try": {
        "project": "try",
        "level": "1",
        "release_type": "release",
        "version": "140.0.1",
        "next_version": "140.0.2",
    },
}

#: (phase, flavor or None, release) -> its pipeline.
Release = Callable[..., Pipeline]


@pytest.fixture(scope="session")
def release() -> Release:
    """Gives the pipeline of `(name of a release, phase, product)`, and of further parameters."""
    found = Project.find(ROOT)

    @cache
    def pipeline(
        name: str,
        phase: Phase = Phase.PROMOTE,
        product: str = "firefox",
        flavor: str | None = None,
        version: str | None = None,
        project: str | None = None,
        release_type: str | None = None,
    ) -> Pipeline:
        values = {**_COMMON, **RELEASES[name]}
        if project is not None:
            values["project"] = project
        if release_type is not None:
            values["release_type"] = release_type
        if version is not None:
            values |= {"version": version, "app_version": version}
        return Pipeline.of(found, values, Goal(phase=phase, product=product, flavor=flavor))

    return pipeline
