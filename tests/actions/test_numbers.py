"""The release-promotion action: versions, builds and locales that make no sense are refused."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from relpro.actions.action_input import Input
from relpro.actions.promotion import numbers
from relpro.actions.promotion.numbers import Numbers
from relpro.project import Project
from relpro.transform.history import History
from relpro.transform.versions import known_facts
from tests.actions.requests import HISTORY

ROOT = Path(__file__).parents[2]
LOCALES = ("de", "fr")


@pytest.fixture(scope="module")
def product() -> Project:
    """This repository's own project."""
    project = Project(ROOT)
    project.import_transforms()
    return project


def said(
    product: Project,
    version: str = "92.0.1",
    next_version: str = "",
    release_type: str = "release",
    updates: Mapping[str, Collection[str]] = {},
    known: Mapping[str, str] = {},
) -> list[str]:
    scope = {
        **known_facts(version, product.config),
        "project": "mozilla-release",
        "release_product": "firefox",
        "release_type": release_type,
        "release_level": "production",
        **known,
    }
    held = Numbers.of(version, product.config, scope, LOCALES)
    given = {
        source: {"buildNumber": 1, "locales": [*locales]} for source, locales in updates.items()
    }
    found = held.problems(Input({"next_version": next_version, "partial_updates": given}))
    return [problem.what for problem in found]


@pytest.mark.parametrize(
    ("version", "release_type", "following", "source"),
    [
        ("92.0.1", "release", "92.0.2", "92.0"),
        ("92.0", "release", "92.0.1", "91.0.2"),
        ("92.0", "release", "93.0", "91.0.2"),
        ("92.0", "release-rc", "", "92.0b9"),
        ("153.0b12", "beta", "153.0b13", "153.0b9"),
        ("140.13.0esr", "esr140", "140.14.0esr", "140.12.0esr"),
        ("154.0a1", "nightly", "", "153.0"),
    ],
)
def test_a_release_of_each_type_that_makes_sense(
    product: Project, version: str, release_type: str, following: str, source: str
) -> None:
    assert said(product, version, following, release_type, {source: LOCALES}) == []


@pytest.mark.parametrize(
    ("version", "release_type", "fault"),
    [
        ("92.0b1", "release", "a version of type beta, not release"),
        ("91.1.0esr", "release", "a version of type esr, not release"),
        ("92.0.1", "beta", "a version of type dot-release, not beta"),
        ("92.0.1", "esr140", "a version of type dot-release, not esr"),
        ("92.0.1", "release-rc", "a version of type dot-release, not release"),
        ("92", "release", "which is not a version of this project"),
    ],
)
def test_a_version_has_the_form_of_its_release_type(
    product: Project, version: str, release_type: str, fault: str
) -> None:
    (what,) = said(product, version, release_type=release_type)
    assert fault in what


@pytest.mark.parametrize(
    ("version", "release_type", "known"),
    [
        ("92.0.1", "release", {"release_product": "devedition"}),
        ("140.5.0esr", "esr140", {"release_product": "firefox-android"}),
        ("157.0a1", "nightly", {"project": "mozilla-central"}),
        ("153.0", "release-rc", {}),
    ],
)
def test_some_products_are_not_released_from_here(
    product: Project, version: str, release_type: str, known: Mapping[str, str]
) -> None:
    (what,) = said(product, version, release_type=release_type, known=known)
    assert what.startswith(f"{version} cannot be promoted: no version of this product is")


def test_an_esr_keeps_its_major_version(product: Project) -> None:
    (what,) = said(product, "140.5.0esr", "153.0esr", "esr140")
    assert "153.0esr, which does not follow" in what


@pytest.mark.parametrize(
    ("following", "fault"),
    [
        ("91.0", "which is not after 92.0.1"),
        ("92.0.1", "which is not after 92.0.1"),
        ("92.0b1", "which is not after 92.0.1"),
        ("92.0.3", "which does not follow 92.0.1"),
        ("93.0b1", "which does not follow 92.0.1"),
        ("banana", "not a version of this project"),
    ],
)
def test_the_next_version_follows(product: Project, following: str, fault: str) -> None:
    (what,) = said(product, next_version=following)
    assert fault in what


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("92.0.1", "the version that is released"),
        ("93.0", "which is later than 92.0.1"),
        ("91.0b3", "a version of type beta, not release"),
        ("latest", "not a version of this project"),
    ],
)
def test_updates_start_from_earlier_releases(product: Project, source: str, fault: str) -> None:
    (what,) = said(product, updates={source: LOCALES})
    assert fault in what


def test_updates_are_in_locales_that_are_released(product: Project) -> None:
    assert said(product, updates={"92.0": (*LOCALES, "en-US")}) == []
    assert said(product, updates={"92.0": ()}) == ["`partial_updates` of 92.0 has no locales"]
    (what,) = said(product, updates={"92.0": (*LOCALES, "xx", "yy")})
    assert what == "`partial_updates` of 92.0 names `xx`, `yy`, in which nothing is released"


def test_all_is_told_at_once(product: Project) -> None:
    assert len(said(product, "92.0b1", "91.0", updates={"93.0": (), "latest": LOCALES})) == 5


def asked(build: int = 1, *locales: str, version: str = "0.9") -> Mapping[str, Any]:
    return {version: {"buildNumber": build, "locales": list(locales or ("de",))}}


def disagreements(history: History, updates: Mapping[str, Any]) -> list[str]:
    found = numbers.disagreements(history, Input({"partial_updates": updates}))
    return [problem.what for problem in found]


def test_a_history_of_what_was_asked_for() -> None:
    assert disagreements(HISTORY, asked()) == []


def test_a_locale_that_a_platform_never_had_is_not_missed_there() -> None:
    mac = {"Darwin": {"ja-JP-mac": HISTORY["Linux_x86_64-gcc3"]["de"]}}
    assert disagreements({**HISTORY, **mac}, asked(1, "de", "ja-JP-mac")) == []


@pytest.mark.parametrize(
    ("updates", "faults"),
    [
        (asked(2), ["the release history has build 1 of 0.9, not 2"]),
        (asked(1, "de", "fr"), ["the release history of 0.9 lacks `fr`"]),
        (
            asked(version="0.8"),
            [
                "the release history has 0.9, which nobody asked for",
                "the release history lacks 0.8",
            ],
        ),
        (
            {**asked(), **asked(version="0.8")},
            ["the release history lacks 0.8"],
        ),
    ],
)
def test_a_history_that_disagrees(updates: Mapping[str, Any], faults: list[str]) -> None:
    assert disagreements(HISTORY, updates) == faults


def test_a_platform_that_lacks_a_version_in_a_locale_is_named() -> None:
    older = {"mar_url": "", "previousVersion": "0.8", "previousBuildNumber": 1}
    de = {**HISTORY["Linux_x86_64-gcc3"]["de"], "target-0.8.partial.mar": older}
    history = {**HISTORY, "WINNT_x86_64-msvc": {"de": de}}
    updates = {**asked(), **asked(version="0.8")}
    (problem,) = disagreements(history, updates)
    assert problem == "the release history of 0.8 lacks `de on Linux_x86_64-gcc3`"


def test_a_locale_of_which_a_platform_has_no_update_at_all_is_missed_there() -> None:
    history: dict[str, Any] = {**HISTORY, "WINNT_x86_64-msvc": {"de": {}}}
    (problem,) = disagreements(history, asked())
    assert problem == "the release history of 0.9 lacks `de on WINNT_x86_64-msvc`"
