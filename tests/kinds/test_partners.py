"""What is made for partners, and without protected media."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from relpro.goal import Goal
from relpro.model.decision import Verdict
from relpro.model.task import Task
from relpro.parameters.read import read_parameter_file, read_value
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.kinds.conftest import ROOT, Release
from tests.kinds.partner_configs import ATTRIBUTION, CONFIG, EME_FREE, ON, REPACK, with_partners


@pytest.fixture(scope="session")
def both(release: Release) -> Pipeline:
    """A release with everything switched on."""
    return with_partners(release)


def labels(pipeline: Pipeline, kind: str) -> list[str]:
    return [one.label.removeprefix(f"{kind}-") for one in pipeline.full if one.kind == kind]


def task(pipeline: Pipeline, label: str) -> Task:
    return next(one for one in pipeline.full if one.label == label)


def body(pipeline: Pipeline, label: str) -> Mapping[str, Any]:
    return task(pipeline, label).definition


def test_each_switch_makes_its_builds_and_without_it_the_reason_is_recorded(
    release: Release,
) -> None:
    switches = {
        "release_enable_emefree": EME_FREE,
        "release_enable_partner_repack": REPACK,
        "release_enable_partner_attribution": ATTRIBUTION,
    }
    for switch, kind in switches.items():
        said: dict[str, Any] = {name: name == switch for name in switches}
        pipeline = with_partners(release, **said)
        kinds = {one.kind for one in pipeline.full}
        assert {one for one in switches.values() if one in kinds} == {kind}
        reasons = {
            one.cause
            for one in pipeline.decisions
            if one.verdict is Verdict.SKIPPED and one.rule == "only-when"
        }
        assert {
            f"`{name.replace('_', '-')}` is `false`" for name in switches if name != switch
        } <= (reasons)


def test_everything_that_is_made_for_partners_is_what_the_queue_and_its_workers_take(
    both: Pipeline,
) -> None:
    created = Counter(one.kind for one in both.morphed.graph)
    assert {kind: n for kind, n in created.items() if kind.startswith(EME_FREE)} == {
        EME_FREE: 2,
        f"{EME_FREE}-mac-signing": 1,
        f"{EME_FREE}-mac-notarization": 1,
        f"{EME_FREE}-repackage": 6,
        f"{EME_FREE}-repackage-signing": 6,
        f"{EME_FREE}-beetmover": 6,
        f"{EME_FREE}-beetmover-checksums": 6,
    }
    assert {kind: n for kind, n in created.items() if kind.startswith(REPACK)} == {
        REPACK: 4,
        f"{REPACK}-bouncer-sub": 1,
        f"{REPACK}-mac-signing": 1,
        f"{REPACK}-mac-notarization": 1,
        f"{REPACK}-repackage": 9,
        f"{REPACK}-chunking-dummy": 3,
        f"{REPACK}-repackage-signing": 12,
        f"{REPACK}-beetmover": 12,
    }
    assert created[ATTRIBUTION] == created[f"{ATTRIBUTION}-beetmover"] == 2


def test_japanese_is_another_locale_on_a_mac(both: Pipeline) -> None:
    assert labels(both, f"{EME_FREE}-repackage") == [
        "win64-shippable-plain-plain-de",
        "win64-shippable-plain-plain-en-US",
        "win64-shippable-plain-plain-ja",
        "macosx64-shippable-plain-plain-de",
        "macosx64-shippable-plain-plain-en-US",
        "macosx64-shippable-plain-plain-ja-JP-mac",
    ]


def test_only_linux_packages_go_through_a_dummy(both: Pipeline) -> None:
    signing = task(both, f"{REPACK}-repackage-signing-linux64-shippable-open-open-1-de")
    assert signing.dependencies == {
        "dummy": f"{REPACK}-chunking-dummy-linux64-shippable-open-open-1-de",
        "repack": f"{REPACK}-linux64-shippable",
    }
    assert not [one for one in labels(both, f"{REPACK}-repackage") if "linux" in one]


def test_a_repack_waits_for_what_is_signed_of_its_platform_and_for_nothing_else(
    both: Pipeline,
) -> None:
    repack = task(both, f"{REPACK}-macosx64-shippable")
    kinds = {label.partition("-macosx64")[0] for label in repack.dependencies.values()}
    assert kinds == {
        "build-mac-notarization",
        "shippable-l10n-mac-notarization",
        "docker-image-partner-repack",
    }
    env = repack.definition["payload"]["env"]
    assert (
        "<build-mac-notarization-macosx64-shippable/opt>"
        in (env["UPSTREAM_TASKIDS"]["task-reference"])
    )


def test_without_notarization_macs_are_taken_as_they_are_signed(release: Release) -> None:
    pipeline = with_partners(release, "try")
    assert not labels(pipeline, f"{REPACK}-mac-notarization")
    repackage = task(pipeline, f"{REPACK}-repackage-macosx64-shippable-open-open-1-de")
    assert repackage.dependencies["signing"] == f"{REPACK}-mac-signing-macosx64-shippable-1"
    assert "build-mac-signing-macosx64-shippable/opt" in (
        task(pipeline, f"{REPACK}-macosx64-shippable").dependencies
    )


@pytest.mark.parametrize(
    ("name", "build", "bucket", "path"),
    [
        (
            "release",
            "win32-shippable-open-open-1-de-public",
            "release",
            "partner-repacks/open/open-1/v1/win32/de",
        ),
        (
            "release",
            "win32-shippable-shy-shy-1-fr",
            "partner",
            "partner-repacks/shy/shy-1/v1/win32/fr",
        ),
        (
            "try",
            "win32-shippable-shy-shy-1-fr",
            "dep-partner",
            "partner-repacks/shy/shy-1/v1/win32/fr",
        ),
    ],
)
def test_a_build_is_uploaded_where_its_partner_wants_it(
    release: Release, name: str, build: str, bucket: str, path: str
) -> None:
    upload = body(with_partners(release, name), f"{REPACK}-beetmover-{build}")
    assert f"project:releng:beetmover:bucket:{bucket}" in upload["scopes"]
    assert {item["locale"] for item in upload["payload"]["upstreamArtifacts"]} == {path}


def test_builds_without_protected_media_lie_beside_the_release(both: Pipeline) -> None:
    label = f"{EME_FREE}-beetmover-macosx64-shippable-plain-plain-ja-JP-mac-public"
    (item,) = body(both, label)["payload"]["upstreamArtifacts"]
    assert item["locale"] == "mac-EME-free/ja-JP-mac"
    assert item["paths"] == [
        "public/build/plain/plain/ja-JP-mac/target.dmg",
        "public/build/plain/plain/ja-JP-mac/target.dmg.asc",
    ]
    checksums = label.replace("beetmover", "beetmover-checksums")
    (said,) = body(both, checksums)["payload"]["artifactMap"][0]["paths"].values()
    folder = "pub/firefox/candidates/140.0.1-candidates/build1/beetmover-checksums"
    assert said["destinations"] == [f"{folder}/mac-EME-free/ja-JP-mac/firefox-140.0.1.checksums"]


def test_private_artifacts_are_read_with_a_scope_and_no_others(both: Pipeline) -> None:
    scope = "queue:get-artifact:releng/partner/*"
    for one in both.full:
        reads = [item["paths"] for item in one.definition["payload"].get("upstreamArtifacts", ())]
        private = any(path.startswith("releng/partner/") for paths in reads for path in paths)
        if private or one.kind == f"{REPACK}-repackage":
            assert scope in one.definition["scopes"], one.label
        elif one.kind.startswith(EME_FREE):
            assert scope not in one.definition["scopes"], one.label


def test_only_32_bit_windows_gets_a_stub_installer(both: Pipeline) -> None:
    def made(platform: str) -> tuple[str, ...]:
        label = f"{REPACK}-repackage-{platform}-shippable-open-open-1-de"
        made = [name for name in task(both, label).artifacts if not name.startswith("public/logs")]
        return tuple(name.rpartition("/")[2] for name in made)

    assert made("win32") == ("target.installer.exe", "target.stub-installer.exe")
    assert made("win64") == ("target.installer.exe",)


def test_nobody_waits_for_partners_but_for_what_has_no_protected_media(both: Pipeline) -> None:
    def priorities(start: str) -> set[str]:
        return {one.definition["priority"] for one in both.full if one.kind.startswith(start)}

    assert priorities(REPACK) == priorities(ATTRIBUTION) == {"medium"}
    assert priorities(EME_FREE) == {"highest"}


def test_published_builds_are_entered_in_the_download_service_and_pushed(both: Pipeline) -> None:
    entries = body(both, f"{REPACK}-bouncer-sub-firefox")["payload"]["submission_entries"]
    assert list(entries) == ["Firefox-140.0.1-open-open-1", "Firefox-140.0.1-open-open-1-stub"]
    paths = entries["Firefox-140.0.1-open-open-1"]["paths_per_bouncer_platform"]
    assert paths["osx"] == (
        "/firefox/releases/partners/open/open-1/140.0.1/mac/:lang/Firefox%20140.0.1.dmg"
    )
    assert body(both, "firefox-push-to-release")["payload"]["partners"] == ["open/open-1"]


def test_attribution_writes_the_campaign_into_the_signed_installers(both: Pipeline) -> None:
    win = task(both, f"{ATTRIBUTION}-win")
    assert set(win.dependencies.values()) == {
        "repackage-signing-win64-shippable/opt",
        "repackage-signing-l10n-de-win64-shippable/opt",
        "docker-image-partner-repack",
    }
    assert win.artifacts == ("releng/partner/",)
    orders = json.loads(win.definition["payload"]["env"]["ATTRIBUTION_CONFIG"])
    assert [one["output"].removeprefix("/builds/worker/artifacts/") for one in orders] == [
        "releng/partner/hill/hill-1/win64/de/target.installer.exe",
        "releng/partner/hill/hill-1/win64/en-US/target.installer.exe",
    ]
    assert {one["attribution"] for one in orders} == {
        "medium=distribution&source=browser&campaign=hill&content=hill-1"
    }
    upload = body(both, f"{ATTRIBUTION}-beetmover-mac-public")["payload"]["upstreamArtifacts"]
    assert [item["locale"] for item in upload] == [
        "partner-repacks/hill/hill-1/v1/mac/de",
        "partner-repacks/hill/hill-1/v1/mac/en-US",
    ]


def test_attribution_of_today_is_of_stub_installers(release: Release) -> None:
    campaign = {"campaign": "hill", "content": "hill-1", "locales": ["de", "en-US"]}
    config = {**CONFIG[ATTRIBUTION], "configs": [{**campaign, "platforms": ["win32-shippable"]}]}
    values = {
        **release("release", version="155.0.1").given.values,
        "release_enable_partner_attribution": True,
        "release_partner_config": {ATTRIBUTION: config},
    }
    goal = Goal(flavor="promote_firefox", kinds=(f"{ATTRIBUTION}-beetmover",))
    pipeline = Pipeline.of(Project.find(ROOT), values, goal)
    orders = json.loads(
        body(pipeline, f"{ATTRIBUTION}-win")["payload"]["env"]["ATTRIBUTION_CONFIG"]
    )
    assert [one["output"].removeprefix("/builds/worker/artifacts/") for one in orders] == [
        f"releng/partner/hill/hill-1/win32/{locale}/target.stub-installer.exe"
        for locale in ("de", "en-US")
    ]
    upload = body(pipeline, f"{ATTRIBUTION}-beetmover-win")["payload"]["upstreamArtifacts"]
    assert [item["locale"] for item in upload] == [
        f"partner-repacks/hill/hill-1/v1/win32/{locale}" for locale in ("de", "en-US")
    ]


def test_a_subset_of_partners_is_all_that_is_built(release: Release) -> None:
    pipeline = with_partners(
        release, release_partners=["shy"], release_enable_partner_attribution=False
    )
    assert labels(pipeline, f"{REPACK}-beetmover") == ["win32-shippable-shy-shy-1-fr"]
    assert labels(pipeline, EME_FREE) == ["macosx64-shippable", "win64-shippable"]
    assert not labels(pipeline, f"{REPACK}-bouncer-sub")
    assert body(pipeline, "firefox-push-to-release")["payload"]["partners"] == []


def test_a_repack_flavor_makes_partner_builds_and_no_others(release: Release) -> None:
    pipeline = with_partners(release, flavor="promote_firefox_partner_repack")
    kinds = {one.kind for one in pipeline.full}
    assert REPACK in kinds
    assert not {EME_FREE, ATTRIBUTION} & kinds


@pytest.fixture(scope="session")
def real(shared_data: Path) -> Pipeline:
    """The release of Firefox 92.0.1 with as many partners as there were in those days."""
    folder = shared_data / "firefox-92.0.1"
    values = dict(read_parameter_file(folder / "promote" / "parameters.yml").values)
    values |= {
        **ON,
        "l10n_changesets": read_value(folder / "l10n-changesets.json"),
        "release_partner_config": read_value(shared_data / "partner-config.sample.json"),
    }
    return Pipeline.of(Project.find(ROOT), values, Goal(flavor="promote_firefox"))


def test_partners_of_a_real_release_are_as_many_tasks_as_they_were(real: Pipeline) -> None:
    targets = real.full.restrict(real.target.labels)
    counts = Counter(one.kind for one in targets if one.kind.startswith((REPACK, ATTRIBUTION)))
    assert counts == {
        REPACK: 5,
        f"{REPACK}-bouncer-sub": 1,
        f"{REPACK}-mac-signing": 22,
        f"{REPACK}-mac-notarization": 22,
        f"{REPACK}-repackage": 457,
        f"{REPACK}-chunking-dummy": 69,
        f"{REPACK}-repackage-signing": 526,
        f"{REPACK}-beetmover": 526,
        ATTRIBUTION: 1,
        f"{ATTRIBUTION}-beetmover": 1,
    }


def test_every_partner_task_of_a_real_release_is_taken_by_its_worker(real: Pipeline) -> None:
    assert len(real.morphed.graph) > 8000


def test_builds_of_partners_with_long_names_are_shown_in_treeherder(release: Release) -> None:
    long = "a-partner-with-a-long-name"
    configured = {**CONFIG[REPACK]["open"]["open-1"], "locales": ["de", "en-US"]}
    config = {**CONFIG, REPACK: {long: {f"{long}-1": configured, f"{long}-2": configured}}}
    full = with_partners(release, release_partner_config=config).full
    symbols = [
        one.definition["extra"]["treeherder"]["symbol"]
        for one in full
        if one.kind == "release-partner-repack-beetmover" and "win64" in one.label
    ]
    assert len(set(symbols)) == 4
    assert {len(symbol) for symbol in symbols} == {24}
    assert all(symbol.startswith("BM-a-partner-with~") for symbol in symbols)
