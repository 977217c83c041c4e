"""What cron makes of a push to the development branch: the nightly that people run."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from relpro.model.task import Task
from relpro.pipeline import Pipeline
from relpro.testing.pipelines import MakePipeline

Nightly = Callable[[str], Pipeline]

DAY = "pub/firefox/nightly/2025/07/2025-07-15-12-00-00-mozilla-central"
LATEST = "pub/firefox/nightly/latest-mozilla-central"
PARTIALS = "pub/firefox/nightly/partials/2025/07/2025-07-15-12-00-00-mozilla-central-l10n"
BEFORE, NOW = "20250714214501", "20250715120000"
NAME = "firefox-157.0a1"


@pytest.fixture(scope="session")
def nightly(relpro_pipeline: MakePipeline) -> Nightly:
    """Gives what cron creates by a target method."""

    def make(method: str = "nightly_desktop") -> Pipeline:
        path = "tests/graphs/nightly/parameters.yml"
        return relpro_pipeline(path, tasks_for="cron", target_tasks_method=method)

    return make


@pytest.fixture(scope="session")
def desktop(nightly: Nightly) -> Pipeline:
    return nightly("nightly_desktop")


def task(pipeline: Pipeline, label: str) -> Task:
    return next(one for one in pipeline.morphed.graph if one.label == label)


def payload(pipeline: Pipeline, label: str) -> Mapping[str, Any]:
    body: Mapping[str, Any] = task(pipeline, label).definition["payload"]
    return body


def places(pipeline: Pipeline, label: str, artifact: str) -> list[str]:
    for item in payload(pipeline, label)["artifactMap"]:
        if artifact in item["paths"]:
            found: list[str] = item["paths"][artifact]["destinations"]
            return found
    return []


def test_files_go_to_the_folder_of_the_day_and_to_that_of_the_latest(desktop: Pipeline) -> None:
    label = "beetmover-repackage-linux64-shippable/opt"
    assert places(desktop, label, "public/build/target.tar.xz") == [
        f"{DAY}/{NAME}.en-US.linux-x86_64.tar.xz",
        f"{LATEST}/{NAME}.en-US.linux-x86_64.tar.xz",
        f"{LATEST}-l10n/{NAME}.en-US.linux-x86_64.tar.xz",
    ]
    scopes = task(desktop, label).definition["scopes"]
    assert scopes == [
        "project:releng:beetmover:action:push-to-nightly",
        "project:releng:beetmover:bucket:nightly",
    ]


def test_localised_files_have_folders_of_their_own(desktop: Pipeline) -> None:
    label = "beetmover-repackage-de-linux64-shippable/opt"
    assert places(desktop, label, "public/build/de/target.complete.mar") == [
        f"{DAY}-l10n/{NAME}.de.linux-x86_64.complete.mar",
        f"{LATEST}-l10n/{NAME}.de.linux-x86_64.complete.mar",
    ]
    assert places(desktop, label, "public/build/de/target.partial-1.mar") == [
        f"{PARTIALS}/firefox-mozilla-central-157.0a1-linux-x86_64-de-{BEFORE}-{NOW}.partial.mar"
    ]


def test_the_update_server_is_told_by_the_name_of_nightlies(desktop: Pipeline) -> None:
    submission = task(desktop, "balrog-de-linux64-shippable/opt")
    assert submission.definition["payload"]["suffixes"] == [""]
    assert "project:releng:balrog:server:nightly" in submission.definition["scopes"]
    assert [place.key for place in submission.effects.writes] == [
        f"nightly/Firefox-mozilla-central-nightly-{build}/Linux_x86_64-gcc3/de"
        for build in ("20250715120000", "latest")
    ]


def test_nobody_is_updated_to_what_does_not_start(desktop: Pipeline) -> None:
    for label in ("balrog-win64-shippable/opt", "balrog-de-win64-shippable/opt"):
        assert "startup-test-win64-shippable/opt" in task(desktop, label).dependencies.values()
    (line,) = payload(desktop, "startup-test-win64-shippable/opt")["command"]
    assert " --thing-url https://" in line
    assert "/artifacts/public/build/target.installer.exe --thing-to-run core/firefox.exe" in line


def test_repositories_get_the_packages_at_once(desktop: Pipeline) -> None:
    sources = payload(desktop, "beetmover-apt-firefox")["gcs_sources"]
    assert f"{DAY}/{NAME}.en-US.linux-x86_64.deb" in sources
    assert f"{DAY}-l10n/linux-x86_64/deb-l10n/{NAME}.de.langpack.deb" in sources
    scopes = task(desktop, "beetmover-rpm-firefox-release/opt").definition["scopes"]
    assert "project:releng:beetmover:yum-repo:nightly" in scopes


def test_a_nightly_tells_nobody_of_a_release(desktop: Pipeline) -> None:
    kinds = {one.kind for one in desktop.morphed.graph}
    # Ship-it is told of the version, which changes once in four weeks.
    told = {"release-update-product-channel-version"}
    assert {kind for kind in kinds if kind.startswith("release-")} == told
    labels = set(desktop.target.labels)
    assert {one.product for one in desktop.full if one.label in labels} == {"firefox"}


def test_a_platform_can_be_made_alone(nightly: Nightly) -> None:
    labels = set(nightly("nightly_macosx").target.labels)
    assert "balrog-ja-JP-mac-macosx64-shippable/opt" in labels
    assert not {label for label in labels if "linux" in label or "win" in label}


@pytest.fixture(scope="session")
def android(nightly: Nightly) -> Pipeline:
    return nightly("nightly_android")


def test_applications_go_to_the_folder_of_the_day_and_to_the_track_of_nightlies(
    android: Pipeline,
) -> None:
    folder = "pub/fenix/nightly/2025/07/2025-07-15-12-00-00-fenix-157.0a1-android"
    upload = task(android, "beetmover-android-app-fenix-nightly")
    assert f"nightly/{folder}/fenix-157.0a1.multi.android.aab" in {
        place.key for place in upload.effects.writes
    }
    pushed = task(android, "push-bundle-fenix-nightly")
    assert pushed.definition["payload"]["channel"] == "fenix-nightly"
    assert {"android-startup-test", "ui-test-apk"} <= pushed.dependencies.keys()


def test_libraries_of_a_nightly_are_called_by_its_date(android: Pipeline) -> None:
    version = "157.0.20250715120000"
    library = task(android, "beetmover-components-browser-state")
    assert library.definition["payload"]["version"] == version
    assert (
        "project:releng:beetmover:bucket:maven-nightly-production" in (library.definition["scopes"])
    )
    built = payload(android, "build-components-browser-state")
    assert f"-PnightlyVersion={version}" in str(built)
    geckoview = task(android, "beetmover-geckoview-android-arm-shippable/opt")
    assert "project:releng:beetmover:bucket:maven-production" in geckoview.definition["scopes"]


def test_crashes_of_what_is_published_can_be_read(android: Pipeline) -> None:
    for processor in ("aarch64", "arm", "x86_64"):
        build = f"build-android-{processor}-shippable/opt"
        upload = task(android, f"beetmover-geckoview-android-{processor}-shippable/opt")
        assert upload.dependencies["upload-symbols"] == f"{build}-upload-symbols"


def test_both_nightlies_can_be_made_at_once(
    nightly: Nightly, desktop: Pipeline, android: Pipeline
) -> None:
    both = set(nightly("nightly_all").target.labels)
    assert both == {*desktop.target.labels, *android.target.labels}
