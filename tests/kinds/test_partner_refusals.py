"""What partners cannot have: every mistake is told, with its place, before anything is made."""

from collections.abc import Mapping
from typing import Any

import pytest

from relpro.errors import RelproError
from tests.kinds.conftest import Release
from tests.kinds.partner_configs import ATTRIBUTION, CONFIG, EME_FREE, REPACK, with_partners


def refusals(release: Release, **said: Any) -> list[tuple[str, str]]:
    with pytest.raises(RelproError) as caught:
        _ = with_partners(release, **said).full
    assert {one.code for one in caught.value.diagnostics} == {"T411"}
    assert all(one.where[0].line for one in caught.value.diagnostics)
    return [(one.what, one.remedy) for one in caught.value.diagnostics]


def test_a_subset_cannot_mean_repacks_and_attribution_at_once(release: Release) -> None:
    problem, _ = refusals(release, release_partners=["open"])[0]
    assert problem == "`release_partners` names a subset while repacks and attribution are both on"


def test_an_unknown_partner_is_refused_with_the_nearest_name(release: Release) -> None:
    found = refusals(release, release_partners=["opne"], release_enable_partner_attribution=False)
    assert found == [("unknown partner in `release_partners`: `opne`", "did you mean `open`?")]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"locales": []}, "partner build `shy/shy-1` has no locales"),
        ({"platforms": []}, "partner build `shy/shy-1` has no platforms"),
        (
            {"locales": ["xx"]},
            "unknown locale of partner build `shy/shy-1` for `win32-shippable`: `xx`",
        ),
        ({"platforms": ["win16"]}, "unknown platform of partner build `shy/shy-1`: `win16`"),
        (
            {"platforms": ["linux-shippable"]},
            "platform `linux-shippable` of partner build `shy/shy-1` is not released",
        ),
    ],
)
def test_what_a_partner_cannot_have_is_refused(
    release: Release, change: Mapping[str, Any], problem: str
) -> None:
    shy = {"shy-1": {**CONFIG[REPACK]["shy"]["shy-1"], **change}}
    config = {**CONFIG, REPACK: {**CONFIG[REPACK], "shy": shy}}
    assert [what for what, _ in refusals(release, release_partner_config=config)] == [problem]


@pytest.mark.parametrize(("partner", "build"), [("sh/y", "shy-1"), ("shy", "shy/1")])
def test_names_hold_nothing_that_divides_them(release: Release, partner: str, build: str) -> None:
    shy = {build: CONFIG[REPACK]["shy"]["shy-1"]}
    config = {**CONFIG, REPACK: {**CONFIG[REPACK], partner: shy}}
    found = [what for what, _ in refusals(release, release_partner_config=config)]
    assert found == [f"partner build `{partner}/{build}` has a `/` in its name"]


def test_a_release_without_locales_is_told_once(release: Release) -> None:
    with pytest.raises(RelproError) as caught:
        _ = with_partners(release, l10n_changesets={}).full
    (found,) = caught.value.diagnostics
    assert found.what == "this release has no locales: parameter `l10n_changesets` is empty"
    _, *kinds = found.where
    assert found.context.endswith(f"and {len(kinds) - 1} more")
    assert all(place.file.startswith("kinds/") and place.line for place in kinds)


@pytest.mark.parametrize("config", [None, {}, {EME_FREE: CONFIG[EME_FREE]}])
def test_what_is_switched_on_must_be_configured(release: Release, config: Any) -> None:
    on = {"release_enable_emefree": False, "release_enable_partner_attribution": False}
    assert [what for what, _ in refusals(release, release_partner_config=config, **on)] == [
        f"`release_partner_config` says nothing of `{REPACK}`, which is switched on"
    ]


def test_an_attribution_of_what_has_no_installer_is_refused(release: Release) -> None:
    one = {**CONFIG[ATTRIBUTION]["configs"][0], "platforms": ["linux64-shippable"]}
    config = {**CONFIG, ATTRIBUTION: {"configs": [one]}}
    assert [what for what, _ in refusals(release, release_partner_config=config)] == [
        "unknown platform of attribution `hill/hill-1`: `linux64-shippable`"
    ]
