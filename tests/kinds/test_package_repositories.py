"""Packages are entered into the repositories that systems update from, when a release ships."""

from collections.abc import Mapping
from typing import Any

import pytest

from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.pipeline import Pipeline
from tests.kinds.conftest import Release


@pytest.fixture(scope="module")
def shipped(release: Release) -> Pipeline:
    return release("release", Phase.SHIP, version="155.0.1")


def task(pipeline: Pipeline, label: str) -> Task:
    return next(one for one in pipeline.full if one.label == label)


def payload(pipeline: Pipeline, label: str) -> Mapping[str, Any]:
    body: Mapping[str, Any] = task(pipeline, label).definition["payload"]
    return body


CANDIDATES = "pub/firefox/candidates/155.0.1-candidates/build1"


def test_the_apt_repository_imports_every_debian_package(shipped: Pipeline) -> None:
    label = "beetmover-apt-firefox"
    found = payload(shipped, label)
    packs = {f"{CANDIDATES}/linux-x86_64/deb-l10n/{locale}.deb" for locale in ("de", "fr", "ja")}
    applications = {
        f"{CANDIDATES}/{platform}/en-US/firefox-155.0.1.deb"
        for platform in ("linux-x86_64", "linux-aarch64")
    }
    assert set(found["gcs_sources"]) == packs | applications
    assert found["product"] == "firefox"
    assert task(shipped, label).definition["scopes"] == [
        "project:releng:beetmover:action:import-from-gcs-to-artifact-registry",
        "project:releng:beetmover:apt-repo:release",
    ]


def test_the_yum_repository_imports_what_was_signed(shipped: Pipeline) -> None:
    found = payload(shipped, "beetmover-rpm-firefox-release/opt")["gcs_sources"]
    folder = f"{CANDIDATES}/linux-x86_64/rpm"
    packs = {f"{folder}/firefox-l10n-{locale}-155.0.1.noarch.rpm" for locale in ("de", "fr", "ja")}
    assert set(found) == packs | {
        f"{folder}/firefox-155.0.1.rpm",
        f"{CANDIDATES}/linux-aarch64/rpm/firefox-155.0.1.rpm",
    }
    signed = payload(shipped, "repackage-rpm-signing-linux64-shippable/opt")["upstreamArtifacts"]
    assert set(signed[0]["paths"]) == {
        "public/build/target.rpm",
        *(f"public/build/langpack-{locale}.noarch.rpm" for locale in ("de", "fr", "ja")),
    }


def test_repositories_wait_for_the_release_to_ship(shipped: Pipeline) -> None:
    for label in ("beetmover-apt-firefox", "beetmover-rpm-firefox-release/opt"):
        assert task(shipped, label).phase is Phase.SHIP


def test_a_rehearsal_imports_into_the_repository_for_tests(release: Release) -> None:
    made = release("try", Phase.SHIP, version="155.0.1")
    scopes = task(made, "beetmover-apt-firefox").definition["scopes"]
    assert scopes[1] == "project:releng:beetmover:apt-repo:dep"


def test_flathub_gets_a_package_for_each_processor(shipped: Pipeline) -> None:
    pushed = [task for task in shipped.full if task.kind == "release-flatpak-push"]
    assert {one.label: [*one.dependencies.values()] for one in pushed} == {
        f"release-flatpak-push-firefox-{name}": [f"repackage-flatpak-{name}-shippable/opt"]
        for name in ("linux64", "linux64-aarch64")
    }
