"""What is made, pushed and shipped of desktop products on each branch."""

from typing import Any

import pytest

from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.pipeline import Pipeline
from tests.kinds.conftest import Release

LATER = (Phase.PROMOTE, Phase.PUSH, Phase.SHIP)


def task(pipeline: Pipeline, label: str) -> Task:
    return next(one for one in pipeline.full if one.label == label)


def payload(pipeline: Pipeline, label: str) -> Any:
    return task(pipeline, label).definition["payload"]


def targets(pipeline: Pipeline, kind: str) -> list[str]:
    return [one.label for one in pipeline.full.restrict(pipeline.target.labels) if one.kind == kind]


def destinations(pipeline: Pipeline, label: str) -> set[str]:
    return {
        place
        for item in payload(pipeline, label)["artifactMap"]
        for said in item["paths"].values()
        for place in said["destinations"]
    }


@pytest.mark.parametrize("phase", LATER, ids=lambda phase: phase.value)
@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("beta", "firefox"),
        ("beta", "devedition"),
        ("release", "firefox"),
        ("esr", "firefox"),
        ("next-esr", "firefox"),
    ],
)
def test_each_phase_of_each_branch_is_what_the_queue_and_its_workers_take(
    release: Release, name: str, product: str, phase: Phase
) -> None:
    created = release(name, phase, product).morphed.graph
    assert {one.phase for one in created if one.kind != "docker-image"} <= {phase, None}
    assert {one.product for one in created} <= {product, None}


def test_a_staging_release_touches_nothing_of_production(release: Release) -> None:
    scopes = {scope for one in release("try").target.graph for scope in one.definition["scopes"]}
    assert "project:releng:beetmover:bucket:dep" in scopes
    assert not {s for s in scopes if s.endswith((":production", ":release", "release-signing"))}


def test_platforms_without_a_locale_are_not_released(release: Release) -> None:
    pipeline = release("release")
    assert targets(pipeline, "release-update-verify-config") == [
        f"release-update-verify-config-firefox-{platform}"
        for platform in (
            "linux64",
            "linux64-aarch64",
            "macosx64",
            "win32",
            "win64",
            "win64-aarch64",
        )
    ]


def test_everything_people_download_is_at_its_place_in_candidates(release: Release) -> None:
    pipeline = release("release")
    folder = "pub/firefox/candidates/140.0.1-candidates/build1"
    windows = destinations(pipeline, "beetmover-repackage-de-win32-shippable/opt")
    assert {name.removeprefix(f"{folder}/") for name in windows} == {
        "win32/de/firefox-140.0.1.zip",
        "win32/de/Firefox Setup 140.0.1.exe",
        "win32/de/Firefox Installer.exe",
        "win32/de/Firefox Setup 140.0.1.msi",
        "update/win32/de/firefox-140.0.1.complete.mar",
    }
    mac = destinations(pipeline, "beetmover-repackage-ja-JP-mac-macosx64-shippable/opt")
    assert {name.removeprefix(f"{folder}/") for name in mac} == {
        "mac/ja-JP-mac/Firefox 140.0.1.dmg",
        "mac/ja-JP-mac/Firefox 140.0.1.pkg",
        "mac/xpi/ja-JP-mac.xpi",
        "update/mac/ja-JP-mac/firefox-140.0.1.complete.mar",
    }


@pytest.mark.parametrize("version", ["92.0.1", "94.0", "115.0", "140.0.1", "150.0.1"])
def test_no_file_is_uploaded_twice(release: Release, version: str) -> None:
    pipeline = release("release", version=version)
    uploaded = [
        place
        for one in pipeline.full.restrict(pipeline.target.labels)
        for item in one.definition["payload"].get("artifactMap", ())
        for said in item["paths"].values()
        for place in said["destinations"]
    ]
    assert sorted({place for place in uploaded if uploaded.count(place) > 1}) == []


def test_language_packs_go_to_the_add_on_site_once(release: Release) -> None:
    pipeline = release("release")
    sent = [
        item["locale"]
        for label in targets(pipeline, "release-push-langpacks")
        for item in payload(pipeline, label)["upstreamArtifacts"]
    ]
    assert sorted(sent) == ["de", "en-US", "fr", "ja", "ja-JP-mac"]


def test_without_a_history_there_are_no_partial_updates(release: Release) -> None:
    pipeline = release("release")
    assert targets(pipeline, "partials") == []
    entries = payload(pipeline, "release-bouncer-sub-firefox")["submission_entries"]
    assert [name for name in entries if "Partial" in name] == []
    assert targets(pipeline, "release-update-verify") != []


def test_partial_updates_are_made_where_the_history_knows_a_release(release: Release) -> None:
    pipeline = release("updated")
    assert targets(pipeline, "partials") == ["partials-de-linux64-shippable/opt"]
    uploaded = destinations(pipeline, "beetmover-repackage-de-linux64-shippable/opt")
    folder = "pub/firefox/candidates/140.0.1-candidates/build1/update/linux-x86_64/de"
    assert f"{folder}/firefox-139.0.4-140.0.1.partial.mar" in uploaded
    announced = payload(pipeline, "release-balrog-submit-toplevel-firefox")
    assert announced["partial_versions"] == "139.0.4build2"
    tested = payload(pipeline, "release-update-verify-config-firefox-linux64")
    assert "--partial-version 139.0.4 " in tested["command"][-1]
    entries = payload(pipeline, "release-bouncer-sub-firefox")["submission_entries"]
    partial = entries["Firefox-140.0.1-Partial-139.0.4"]["paths_per_bouncer_platform"]
    assert partial["win64-aarch64"] == (
        "/firefox/releases/140.0.1/update/win64-aarch64/:lang/firefox-139.0.4-140.0.1.partial.mar"
    )


def test_users_of_an_older_esr_are_tested_to_come_to_the_next(release: Release) -> None:
    tested = payload(release("next-esr"), "release-update-verify-config-next-firefox-linux64")
    assert "|128|140)+" in tested["command"][-1]
    assert "--last-watershed 68.0esr " in tested["command"][-1]
    assert targets(release("esr"), "release-update-verify-next") == []
    assert targets(release("release"), "release-update-verify-next") == []


def test_a_beta_is_offered_to_a_part_of_its_users_at_first(release: Release) -> None:
    beta = payload(release("beta", Phase.SHIP), "release-balrog-scheduling-firefox")
    assert (beta["publish_rules"], beta["background_rate"]) == ([32], 50)
    stable = payload(release("release", Phase.SHIP), "release-balrog-scheduling-firefox")
    assert stable["publish_rules"] == [145]
    assert "background_rate" not in stable


@pytest.mark.parametrize(
    ("name", "family"), [("esr", "firefox-esr"), ("next-esr", "firefox-esr-next")]
)
def test_an_esr_leaves_the_links_of_other_releases_alone(
    release: Release, name: str, family: str
) -> None:
    aliases = payload(release(name, Phase.SHIP), "release-bouncer-aliases-firefox")
    assert set(aliases["aliases_entries"]) == {
        f"{family}-latest",
        f"{family}-latest-ssl",
        f"{family}-msi-latest-ssl",
        f"{family}-msix-latest-ssl",
        f"{family}-pkg-latest-ssl",
        f"{family}-langpack-latest-ssl",
    }


def test_a_beta_is_started_before_anybody_is_updated_to_it_and_a_release_is_tested_by_people(
    release: Release,
) -> None:
    assert targets(release("beta"), "startup-test") == [
        f"startup-test-{platform}-shippable/opt"
        for platform in (
            "linux64",
            "linux64-aarch64",
            "macosx64",
            "win32",
            "win64",
            "win64-aarch64",
        )
    ]
    assert targets(release("release"), "startup-test") == []


def test_a_release_candidate_ships_to_beta_users_alone(release: Release) -> None:
    promoted = release("release", flavor="promote_firefox_rc")
    shipped = release("release", Phase.SHIP, flavor="ship_firefox_rc")
    added = set(shipped.target.labels) - set(promoted.target.labels)
    assert added == {
        "release-secondary-balrog-scheduling-firefox",
        "release-secondary-notify-ship-firefox",
    }
    offered = payload(shipped, "release-secondary-balrog-scheduling-firefox")
    assert (offered["publish_rules"], offered["release_eta"]) == ([32], "")


def test_only_a_release_candidate_has_anything_secondary(release: Release) -> None:
    labels = release("release", Phase.SHIP).target.labels
    assert [label for label in labels if "secondary" in label] == []


def test_the_source_tree_is_changed_by_what_its_repository_takes(release: Release) -> None:
    tag = payload(release("release"), "release-early-tagging-firefox")["tag_info"]
    assert tag["tags"] == ["FIREFOX_140_0_1_BUILD1"]
    bump = payload(release("release", Phase.SHIP), "release-version-bump-firefox")
    assert bump["tag_info"]["tags"] == ["FIREFOX_140_0_1_RELEASE"]
    assert bump["version_bump_info"]["next_version"] == "140.0.2"


@pytest.mark.parametrize(
    ("esr", "version", "rule"),
    [
        ("esr115", "115.30.0esr", 17824),
        ("esr128", "128.12.0esr", 17916),
        ("esr140", "140.13.0esr", 18015),
    ],
)
def test_older_esrs_are_offered_by_rules_of_their_own(
    release: Release, esr: str, version: str, rule: int
) -> None:
    pipeline = release("esr", Phase.SHIP, version=version, project=f"mozilla-{esr}")
    assert payload(pipeline, "release-balrog-scheduling-firefox")["publish_rules"] == [rule]
    assert payload(pipeline, "release-mark-as-shipped-firefox")


@pytest.mark.parametrize(
    ("name", "platform", "watershed"),
    [
        ("release", "linux64-aarch64", "136.0"),
        ("release", "win64-aarch64", "72.0.2"),
        ("beta", "linux64", "72.0"),
        ("esr", "linux64", "68.0esr"),
        ("esr", "win64-aarch64", "140.0esr"),
        ("next-esr", "linux64", "153.0esr"),
    ],
)
def test_updates_are_tested_from_releases_of_which_no_watershed_is_newer(
    release: Release, name: str, platform: str, watershed: str
) -> None:
    tested = payload(release(name), f"release-update-verify-config-firefox-{platform}")
    assert f"--last-watershed {watershed} " in tested["command"][-1]


@pytest.mark.parametrize(
    ("version", "made"),
    [
        ("93.0", set()),
        ("94.0", {"msix"}),
        ("115.0", {"msix", "windows-attribution"}),
        ("122.0", {"msix", "windows-attribution", "deb"}),
        ("127.0", {"msix", "windows-attribution", "deb", "mac-attribution"}),
        ("146.0", {"msix", "windows-attribution", "deb", "mac-attribution", "rpm"}),
    ],
)
def test_a_release_has_the_packages_of_its_time(
    release: Release, version: str, made: set[str]
) -> None:
    labels = set(release("release", version=version).target.labels)
    packages = {
        "msix": "repackage-shippable-l10n-msix-win64-shippable/opt",
        "deb": "repackage-deb-linux64-shippable/opt",
        "rpm": "repackage-rpm-linux64-shippable/opt",
        "windows-attribution": "attribution-win64-shippable/opt",
        "mac-attribution": "attribution-macosx64-shippable/opt",
    }
    assert {name for name, label in packages.items() if label in labels} == made


def test_packages_say_that_they_were_got_by_no_campaign(release: Release) -> None:
    words = payload(release("release"), "attribution-win64-shippable/opt")["command"]
    assert words[words.index("--attribution") + 1] == "dlsource=mozillaci"
