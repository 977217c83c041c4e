"""What is built, published and shipped of Android, and of GeckoView with the desktop browser."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from relpro.goal import Goal
from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.kinds.conftest import ROOT, Release

Make = Callable[..., Pipeline]


@pytest.fixture(scope="session")
def make(release: Release) -> Make:
    """Gives the pipeline of `(flavor, name of a release)`; keywords are parameters."""
    project = Project.find(ROOT)

    def pipeline(flavor: str, name: str = "release", **said: Any) -> Pipeline:
        return Pipeline.of(project, {**release(name).given.values, **said}, Goal(flavor=flavor))

    return pipeline


@pytest.fixture(scope="session")
def promote(make: Make) -> Pipeline:
    return make("promote_android")


@pytest.fixture(scope="session")
def old(make: Make) -> Pipeline:
    """The push of a release from when GeckoView was published with the desktop browser."""
    return make("push_firefox", version="92.0.1", app_version="92.0.1")


def created(pipeline: Pipeline) -> list[str]:
    return sorted(one.label for one in pipeline.morphed.graph)


def task(pipeline: Pipeline, label: str) -> Task:
    return next(one for one in pipeline.full if one.label == label)


def body(pipeline: Pipeline, label: str) -> Mapping[str, Any]:
    return task(pipeline, label).definition


@pytest.mark.parametrize(
    ("name", "apps"),
    [("release", ["fenix", "focus", "klar"]), ("beta", ["fenix", "focus"])],
)
def test_promote_rebuilds_the_applications_of_its_channel(
    make: Make, name: str, apps: list[str]
) -> None:
    labels = created(make("promote_android", name))
    for kind in ("build-bundle", "build-apk", "signing-bundle", "signing-apk", "ui-test-apk"):
        wanted = sorted(f"{kind}-{app}-{name}" for app in apps)
        assert [label for label in labels if label.startswith(f"{kind}-")] == wanted


def test_applications_are_built_with_the_geckoview_that_was_tested(promote: Pipeline) -> None:
    fat_aar = "build-fat-aar-android-geckoview-fat-aar-shippable/opt"
    build = task(promote, "build-bundle-fenix-release")
    assert build.dependencies["build-fat-aar"] == fat_aar
    assert fat_aar not in created(promote)
    assert task(promote, fat_aar).dependencies.keys() > {
        f"build-android-{cpu}-shippable/opt" for cpu in ("aarch64", "arm", "x86_64")
    }


def test_each_application_is_signed_with_its_own_key(promote: Pipeline) -> None:
    def formats(app: str) -> list[str]:
        payload = body(promote, f"signing-bundle-{app}-release")["payload"]
        return [name for item in payload["upstreamArtifacts"] for name in item["formats"]]

    assert formats("fenix") == ["gcp_prod_autograph_apk"]
    assert formats("focus") == formats("klar") == ["gcp_prod_autograph_focus"]


def test_packages_are_signed_under_the_certificates_of_android(promote: Pipeline) -> None:
    def certificates(kind: str, app: str) -> list[str]:
        return [
            name.rpartition(":")[2] for name in body(promote, f"{kind}-{app}-release")["scopes"]
        ]

    for kind in ("signing-apk", "signing-bundle"):
        assert certificates(kind, "fenix") == ["fennec-production-signing"]
        assert certificates(kind, "focus") == certificates(kind, "klar") == ["production-signing"]


def test_packages_of_focus_and_klar_lie_in_one_folder(promote: Pipeline) -> None:
    places = {
        place
        for app in ("focus", "klar")
        for item in body(promote, f"beetmover-android-app-{app}-release")["payload"]["artifactMap"]
        for said in item["paths"].values()
        for place in said["destinations"]
    }
    folder = "pub/focus/candidates/140.0.1-candidates/build1/android"
    assert f"{folder}/klar-140.0.1-android/klar-140.0.1.multi.android.aab" in places
    assert len(places) == 8
    assert all(place.startswith(folder) for place in places)


def test_applications_are_built_by_gradle_of_the_tree(promote: Pipeline) -> None:
    def built(label: str) -> Any:
        return body(promote, label)["payload"]

    bundle = built("build-bundle-fenix-release")
    script = "/builds/worker/checkouts/gecko/taskcluster/scripts/builder/build-android.sh"
    assert bundle["command"][-1] == script
    env = bundle["env"]
    assert env["GRADLEW_ARGS"] == "clean bundleRelease -PversionName=140.0.1 -Pofficial"
    assert env["PRE_GRADLEW"] == "cd mobile/android/fenix"
    (first, *_) = env["GET_SECRETS"].split(" && ")
    assert first.endswith(
        "/get-secret.py -s project/mobile/firefox-android/fenix/release -k adjust -f .adjust_token"
    )
    output = "/builds/worker/workspace/obj-build/gradle/build/mobile/android"
    assert bundle["artifacts"]["public/build/target.aab"]["path"] == (
        f"{output}/fenix/app/outputs/bundle/release/app-release.aab"
    )
    packages = built("build-apk-klar-release")
    assert packages["env"]["GRADLEW_ARGS"].split()[1] == "assembleKlarRelease"
    assert packages["artifacts"]["public/build/target.arm64-v8a.apk"]["path"] == (
        f"{output}/focus-android/app/outputs/apk/klar/release/app-klar-arm64-v8a-release-unsigned.apk"
    )
    component = built("build-components-lib-crash")["env"]["GRADLEW_ARGS"]
    assert component.split()[-1] == ":components:lib-crash:publish"


def test_who_may_read_no_secrets_builds_with_dummies(make: Make) -> None:
    payload = body(make("promote_android", "try"), "build-apk-fenix-release")["payload"]
    said = payload["env"]["GET_SECRETS"]
    assert "write-dummy-secret.py -f .adjust_token -c faketoken" in said
    assert "get-secret.py" not in said


def test_applications_are_tested_on_devices_that_are_lent(promote: Pipeline) -> None:
    found = body(promote, "android-startup-test-focus-release")
    _dummy, secret, line = found["payload"]["command"][-1].split(" && ")
    assert secret.endswith("-f mobile/android/test_infra/.firebase_token.json --json")
    assert line == (
        "python3 taskcluster/scripts/tests/test-lab.py focus/arm-start-test-robo.yml"
        " /builds/worker/fetches/target.arm64-v8a.apk"
    )
    assert 20 in found["payload"]["onExitStatus"]["retry"]
    name = "project/gecko/level-any/firefox-android/focus-android/firebase"
    assert f"secrets:get:{name}" in found["scopes"]


def test_a_united_library_knows_where_those_of_the_processors_are(promote: Pipeline) -> None:
    label = "build-fat-aar-android-geckoview-fat-aar-shippable/opt"
    env = body(promote, label)["payload"]["env"]
    assert env["MOZ_ANDROID_FAT_AAR_ARCHITECTURES"] == "armeabi-v7a,arm64-v8a,x86_64"
    for processor in ("armeabi-v7a", "arm64-v8a", "x86_64"):
        variable = f"MOZ_ANDROID_FAT_AAR_{processor.replace('-', '_').upper()}"
        assert env[variable].startswith(f"/builds/worker/fetches/{processor}/target.maven.")
    assert env["MOZ_ARTIFACT_TASK"] == {"task-reference": "<build-android-arm-shippable/opt>"}


def test_components_are_published_signed_and_under_their_version(promote: Pipeline) -> None:
    payload = body(promote, "beetmover-components-lib-crash")["payload"]
    assert payload["version"] == "140.0.1"
    signed, digests = payload["upstreamArtifacts"]
    folder = "public/build/maven/org/mozilla/components/lib-crash/140.0.1/lib-crash-140.0.1"
    assert f"{folder}.aar" in signed["paths"]
    assert f"{folder}.aar.asc" in signed["paths"]
    assert f"{folder}.aar.sha512" in digests["paths"]
    assert task(promote, "post-beetmover-components-dummy-firefox-android-ship-1").dependencies


def test_no_component_is_published_before_all_are_signed_and_the_release_ships(
    promote: Pipeline,
) -> None:
    assert not [label for label in created(promote) if label.startswith("beetmover-components-")]
    upload = task(promote, "beetmover-components-lib-crash")
    all_signed = task(promote, "post-signing-dummy-firefox-android-promote-1")
    assert upload.phase is Phase.SHIP
    assert all_signed.label in upload.dependencies.values()
    assert set(all_signed.dependencies.values()) == {
        task.label for task in promote.full if task.kind == "signing-components"
    }


def test_stores_get_what_started_and_passed_its_tests(make: Make) -> None:
    pipeline = make("push_android")
    assert created(pipeline) == [
        "push-apks-fenix-release",
        "push-apks-focus-release",
        "push-bundle-fenix-release",
        "push-bundle-focus-release",
        "push-bundle-klar-release",
        "release-notify-push-firefox-android",
    ]
    push = task(pipeline, "push-bundle-klar-release")
    assert set(push.dependencies.values()) == {
        "signing-bundle-klar-release",
        "android-startup-test-klar-release",
        "ui-test-apk-klar-release",
    }
    assert push.definition["scopes"] == ["project:releng:googleplay:product:focus-android"]
    assert push.definition["payload"]["channel"] == "klar-release"
    assert push.definition["payload"]["commit"] is True


def test_a_staging_release_reaches_no_store(make: Make) -> None:
    push = body(make("push_android", "try"), "push-bundle-fenix-release")
    assert push["scopes"] == ["project:releng:googleplay:product:fenix:dep"]
    assert push["payload"]["commit"] is False


def test_ship_finishes_the_release_and_publishes_geckoview(make: Make) -> None:
    pipeline = make("ship_android")
    components = [task.label for task in pipeline.full if task.kind == "beetmover-components"]
    assert created(pipeline) == [
        *sorted(components),
        "beetmover-geckoview-android-aarch64-shippable/opt",
        "beetmover-geckoview-android-arm-shippable/opt",
        "beetmover-geckoview-android-geckoview-fat-aar-shippable/opt",
        "beetmover-geckoview-android-x86_64-shippable/opt",
        "fenix-push-to-release",
        "focus-push-to-release",
        "post-beetmover-components-dummy-firefox-android-ship-1",
        "release-mark-as-shipped-firefox-android",
        "release-notify-ship-firefox-android",
        "release-version-bump-firefox-android",
    ]
    shipped = body(pipeline, "release-mark-as-shipped-firefox-android")["payload"]
    assert shipped == {"release_name": "Firefox-android-140.0.1-build1"}
    assert set(task(pipeline, "focus-push-to-release").dependencies.values()) == {
        "beetmover-android-app-focus-release",
        "beetmover-android-app-klar-release",
    }


def test_geckoview_was_once_pushed_with_the_desktop_browser(old: Pipeline) -> None:
    published = [label for label in created(old) if label.startswith("beetmover-geckoview-")]
    processors = ("aarch64", "arm", "geckoview-fat-aar", "x86", "x86_64")
    assert published == sorted(
        f"beetmover-geckoview-android-{processor}-{edition}/opt"
        for processor in processors
        for edition in ("shippable", "shippable-lite")
    )


def test_geckoview_is_versioned_by_the_day_of_its_build(old: Pipeline) -> None:
    lite = body(old, "beetmover-geckoview-android-arm-shippable-lite/opt")
    assert "project:releng:beetmover:bucket:maven-production" in lite["scopes"]
    assert lite["payload"]["version"] == "92.0.20250615150640"
    name = "geckoview-armeabi-v7a/92.0.20250615150640/geckoview-armeabi-v7a-92.0.20250615150640.aar"
    (said,) = (
        item["paths"][f"public/build/maven/org/mozilla/geckoview/{name}"]
        for item in lite["payload"]["artifactMap"]
        if item["taskId"] == {"task-reference": "<signing>"}
    )
    assert said["destinations"] == [f"maven2/org/mozilla/geckoview/{name}"]


def test_there_is_no_android_on_an_esr_branch(make: Make) -> None:
    full = make("push_firefox", "esr").full
    assert not [one.label for one in full if one.product == "firefox-android"]
    assert not [one.label for one in full if "geckoview" in one.label]
