"""What each script does to places outside of the task's own artifacts."""

from collections.abc import Mapping
from typing import Any

import pytest

from relpro.model.place import Copy, Effects
from relpro.stock.define import define
from tests.stock.workers.examples import EXAMPLES
from tests.stock.workers.making import context, description, made

TREE = "github.com/example/app"
BLOB = "release/App-92.0.1-build2"


def effects(alias: str, worker: Mapping[str, Any], **more: Any) -> Effects:
    return made(alias, worker, **more).effects


def told(alias: str, worker: Mapping[str, Any]) -> list[str]:
    return [str(place) for place in effects(alias, worker).writes]


def balrog(**keys: Any) -> Effects:
    return effects("balrog", {"server": "release", "product": "app", **keys})


def test_a_submission_of_a_release_writes_blobs_their_channels_rules_and_pins() -> None:
    submission = balrog(
        behavior="v2-submit-toplevel",
        **{
            "update-line": {"": [], "-No-WNP": []},
            "channel-names": ["release", "release-localtest"],
            "rules-to-update": ["release-localtest"],
            "pin-channels": ["release-localtest"],
        },
    )
    assert [str(place) for place in submission.writes] == [
        f"blob {BLOB}",
        f"blob {BLOB}-No-WNP",
        f"channel {BLOB}/release",
        f"channel {BLOB}/release-localtest",
        f"channel {BLOB}-No-WNP/release",
        f"channel {BLOB}-No-WNP/release-localtest",
        "rule release/release-localtest",
        "pin release/app/release-localtest/92.",
        "pin release/app/release-localtest/92.0.",
    ]


def test_a_schedule_reads_the_blob_that_its_rules_offer() -> None:
    schedule = balrog(behavior="schedule", **{"publish-rules": [145], "pin-channels": ["release"]})
    assert [str(place) for place in schedule.reads] == [f"blob {BLOB}"]
    assert [place.kind for place in schedule.writes] == ["rule", "pin", "pin"]


def test_sources_are_tagged_and_changed() -> None:
    _, worker = EXAMPLES["tree"]
    found = told("tree", {**worker, "source-repo": f"https://{TREE}"})
    assert f"branch {TREE}/r92" in found
    assert f"tree-file {TREE}/l10n.json" in found
    assert {"tag", "tree-file"} <= {place.partition(" ")[0] for place in found}


def test_a_merge_moves_a_branch_of_the_repository_of_lando() -> None:
    _, worker = EXAMPLES["lando"]
    found = told("lando", worker)
    assert "branch app-release/beta" in found
    assert "tree-file app-release/version.txt" in found


@pytest.mark.parametrize("example", ["tree", "lando"])
def test_who_only_tries_changes_no_sources(example: str) -> None:
    alias, worker = EXAMPLES[example]
    assert not effects(alias, {**worker, "dry-run": True})


def test_versions_of_add_ons_are_those_of_the_release() -> None:
    items = [{"task": "build", "type": "build", "locale": "de", "paths": ["public/a.xpi"]}]
    found = told("addons", {"channel": "listed", "upstream-artifacts": items})
    assert found == ["add-on production/listed/app/92.0.1/de"]


STORES: Mapping[str, tuple[str, dict[str, Any], list[str]]] = {
    "google": (
        "pushapk",
        {"product": "app", "google-play-track": "beta", "commit": True},
        ["track google/app/beta"],
    ),
    "another": (
        "pushapk",
        {"product": "app", "channel": "x", "target-store": "samsung", "submit": True},
        ["track samsung/app/x"],
    ),
    "asked": ("pushapk", {"product": "app", "google-play-track": "beta"}, []),
    "flathub": (
        "pushflatpak",
        {"channel": "stable", "app-id": "org.example.app"},
        ["track flathub/org.example.app/stable"],
    ),
    "mock flathub": ("pushflatpak", {"channel": "mock"}, []),
    "microsoft": ("pushmsix", {"channel": "release"}, ["track microsoft/app/release"]),
    "mock microsoft": ("pushmsix", {"channel": "mock"}, []),
}


@pytest.mark.parametrize("name", STORES)
def test_a_store_gets_a_track_unless_it_is_only_asked(name: str) -> None:
    alias, worker, wanted = STORES[name]
    items = [{"task": "build", "type": "build", "paths": ["public/a"]}]
    assert told(alias, {**worker, "upstream-artifacts": items}) == wanted


@pytest.mark.parametrize(("repository", "called"), [("apt-repo", "apt"), ("yum-repo", "yum")])
def test_a_repository_offers_packages_that_it_takes_from_a_bucket(
    repository: str, called: str
) -> None:
    files = ["pub/app/releases/92.0.1/app.deb", "pub/app/releases/92.0.1/app-l10n-de.deb"]
    worker = {
        "action": "import-from-gcs-to-artifact-registry",
        repository: "release",
        "product": "app",
        "gcs-sources": files,
    }
    assert told("beetmover", worker) == [
        f"package {called}/release/pub/app/releases/92.0.1/app.deb",
        f"package {called}/release/pub/app/releases/92.0.1/app-l10n-de.deb",
    ]
    read = effects("beetmover", worker).reads
    assert [str(place) for place in read] == [f"object release/{file}" for file in files]


def test_a_release_on_a_code_host_has_files() -> None:
    alias, worker = EXAMPLES["github"]
    assert told(alias, worker) == [
        "code-release example/app-ios/v92.0.1",
        "asset example/app-ios/v92.0.1/app-92.0.1.zip",
    ]
    known = {name: value for name, value in worker.items() if name != "github-owner"}
    assert told(alias, known)[0] == "code-release app/v92.0.1"


def test_runs_of_a_workflow_are_told_apart_by_what_they_are_told() -> None:
    built = {"environments": {"TRACK": "beta", "URL": "https://a/b"}}
    worker = {
        "app": "app-ios",
        "workflows": {
            "deploy": [{"environments": {"TRACK": "nightly"}}, {"tag": "v1"}],
            "test": [],
        },
        "global-params": built,
    }
    assert told("bitrise", worker) == [
        "workflow app-ios/deploy?%24TRACK=nightly&%24URL=https%3A%2F%2Fa%2Fb",
        "workflow app-ios/deploy?%24TRACK=beta&%24URL=https%3A%2F%2Fa%2Fb&tag=v1",
        "workflow app-ios/test?%24TRACK=beta&%24URL=https%3A%2F%2Fa%2Fb",
    ]
    assert told("bitrise", {"app": "app-ios", "workflows": ["test"]}) == ["workflow app-ios/test"]


def test_a_library_has_coordinates() -> None:
    folder = "maven2/org/example/core/92.0.1"
    paths = {f"public/{end}": {"destinations": [f"{folder}/core{end}"]} for end in (".aar", ".pom")}
    worker = {
        "action": "push-to-maven",
        "bucket": "maven",
        "release-properties": {"app-name": "app"},
        "upstream-artifacts": [],
        "artifact-map": [{"task": "build", "paths": paths}],
    }
    assert told("beetmover", worker) == [
        f"object maven/{folder}/core.aar",
        f"object maven/{folder}/core.pom",
        "library maven/org.example:core:92.0.1",
    ]


@pytest.mark.parametrize(
    ("bucket", "above"),
    [("release", "release/pub/app/candidates/92.0.1-candidates/build2/"), ("partner", "partner/")],
)
def test_files_of_partners_get_the_names_that_the_script_gives_them(
    bucket: str, above: str
) -> None:
    folder = "partner-repacks/acme/one/v1/win64/de"
    names = ["target.installer.exe", "target.installer.exe.asc", "target.dmg", "target.unknown"]
    items = [{"task": "build", "type": "build", "locale": folder, "paths": names}]
    worker = {
        "action": "push-to-partner",
        "bucket": bucket,
        "release-properties": {"app-name": "App", "platform": "win64"},
        "upstream-artifacts": items,
    }
    files = ("App Setup 92.0.1.exe", "App Setup 92.0.1.exe.asc", "App 92.0.1.dmg")
    assert told("beetmover", worker) == [f"object {above}{folder}/{file}" for file in files]
    del worker["release-properties"]
    assert told("beetmover", worker) == [], "what the body lacks, its schema tells"


def test_a_push_copies_partners_that_it_names_elsewhere() -> None:
    worker = {
        "action": "push-to-releases",
        "bucket": "release",
        "product": "app",
        "version": "92.0.1",
        "build-number": 2,
        "partners": ["acme/one"],
    }
    above = "release/pub/app"
    candidates = f"{above}/candidates/92.0.1-candidates/build2/"
    copies = effects("beetmover", worker).copies
    assert [copy[:2] for copy in copies] == [
        (candidates, f"{above}/releases/92.0.1/"),
        (
            f"{candidates}partner-repacks/acme/one/v1/",
            f"{above}/releases/partners/acme/one/92.0.1/",
        ),
    ]
    assert copies[1] == Copy(copies[1].source, copies[1].target, ())


def test_a_kind_or_a_transform_says_what_a_command_does() -> None:
    said = description("succeed", {}).with_effects(reads={"alias": ["production/a"]})
    said = said.with_effects(reads={"alias": ["production/b"]}, outside={"object": ["release/x"]})
    task = define(context(said.kind), said)
    assert [str(place) for place in task.effects.reads] == [
        "alias production/a",
        "alias production/b",
    ]
    assert [str(place) for place in task.effects.outside] == ["object release/x"]
