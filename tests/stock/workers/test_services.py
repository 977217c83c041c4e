"""Payloads and scopes of the scripts that talk to services."""

from collections.abc import Mapping
from typing import Any

import pytest

from relpro.stock.define import define
from relpro.stock.workers import IMPLEMENTATIONS
from tests.stock.workers.examples import EXAMPLES, upstream
from tests.stock.workers.making import context, description, made, payload

SCOPES: Mapping[str, list[str]] = {
    "balrog: a locale": ["project:app:releng:balrog:server:release"],
    "bouncer: aliases": [
        "project:app:releng:bouncer:action:aliases",
        "project:app:releng:bouncer:server:production",
    ],
    "bouncer: locations": [
        "project:app:releng:bouncer:action:locations",
        "project:app:releng:bouncer:server:staging",
    ],
    "shipit: shipped": [
        "project:app:releng:ship-it:action:mark-as-shipped",
        "project:app:releng:ship-it:server:production",
    ],
    "tree": [
        "project:app:releng:treescript:action:create_branch",
        "project:app:releng:treescript:action:l10n_bump",
        "project:app:releng:treescript:action:tag",
        "project:app:releng:treescript:action:version_bump",
    ],
    "lando": [
        "project:releng:lando:action:merge_day",
        "project:releng:lando:action:tag",
        "project:releng:lando:action:version_bump:file:config/version.txt",
        "project:releng:lando:repo:app-release",
    ],
    "addons": ["project:releng:addons.mozilla.org:server:production"],
    "pushapk": ["project:app:releng:googleplay:product:app"],
    "pushmsix": ["project:app:releng:microsoftstore:release"],
    "pushflatpak": ["project:app:releng:flathub:app:stable:org.example.app"],
    "bitrise": [
        "project:app:releng:bitrise:app:app-ios",
        "project:app:releng:bitrise:workflow:release",
    ],
    "github": [
        "project:app:releng:github:action:release",
        "project:app:releng:github:project:app",
    ],
}


@pytest.mark.parametrize("example", SCOPES)
def test_scopes_are_those_the_script_asks_for(example: str) -> None:
    alias, worker = EXAMPLES[example]
    assert made(alias, worker).definition["scopes"] == SCOPES[example]


@pytest.mark.parametrize("example", ["bouncer: aliases", "shipit: shipped", "addons"])
def test_below_a_release_the_server_is_that_of_staging(example: str) -> None:
    alias, worker = EXAMPLES[example]
    task = define(context(level="1"), description(alias, worker))
    assert any(scope.endswith(":server:staging") for scope in task.definition["scopes"])


@pytest.mark.parametrize("alias", ["pushmsix", "pushflatpak"])
def test_a_pretended_push_needs_no_scope(alias: str) -> None:
    worker = {"channel": "mock", "upstream-artifacts": [upstream("a")]}
    assert made(alias, worker).definition["scopes"] == []


def test_the_update_server_gets_partial_versions_as_one_text() -> None:
    body = payload(*EXAMPLES["balrog: the release"])
    assert body["partial_versions"] == "90.0build3, 91.0build1"
    found = (body["version"], body["build_number"], body["app_version"])
    assert found == ("92.0.1", 2, "92.0.1")
    assert body["update_line"] == {"": {"for": {}}}


def test_a_schedule_without_a_date_has_an_empty_one_and_no_background_rate() -> None:
    assert payload(*EXAMPLES["balrog: a schedule"]) == {
        "behavior": "schedule",
        "build_number": 2,
        "product": "app",
        "publish_rules": [145],
        "release_eta": "",
        "version": "92.0.1",
    }


@pytest.mark.parametrize(("rate", "is_taken"), [(0, True), (100, True), (101, False), (-1, False)])
def test_a_background_rate_is_a_percentage(rate: int, is_taken: bool) -> None:
    assert IMPLEMENTATIONS["scriptworker-balrog"].takes("background-rate", rate) is is_taken


@pytest.mark.parametrize(("said", "eta"), [({}, "2026-01-01"), ({"release-eta": "x"}, "x")])
def test_the_date_of_a_schedule_is_that_of_the_parameters(said: Any, eta: str) -> None:
    alias, worker = EXAMPLES["balrog: a schedule"]
    task = define(context(release_eta="2026-01-01"), description(alias, {**worker, **said}))
    assert task.definition["payload"]["release_eta"] == eta


def test_keys_that_are_names_are_respelt_and_keys_that_are_data_are_not() -> None:
    entries = payload(*EXAMPLES["bouncer: submission"])["submission_entries"]
    assert entries == {
        "App-92.0.1": {
            "options": {"add_locales": True, "ssl_only": False},
            "paths_per_bouncer_platform": {"win64-aarch64": "/app/:lang/App%20Setup.exe"},
        }
    }
    bump = payload(*EXAMPLES["tree"])["l10n_bump_info"][0]
    assert bump["ignore_config"] == {"ja-JP-mac": ["linux64"]}
    assert bump["platform_configs"] == [{"platforms": ["linux64"], "path": "all-locales"}]
    merge = payload(*EXAMPLES["lando"])["merge_info"]
    assert merge["version_files"] == [{"filename": "version.txt", "new_suffix": "b1"}]


@pytest.mark.parametrize(
    "example", ["iscript", "signing", "balrog: a locale", "beetmover: directly", "tree"]
)
def test_the_time_limit_is_passed_on(example: str) -> None:
    alias, worker = EXAMPLES[example]
    assert payload(alias, worker)["maxRunTime"] == worker["max-run-time"]


def test_add_ons_come_out_signed_under_their_locale() -> None:
    assert made(*EXAMPLES["addons"]).artifacts == ("public/build/de/target.langpack.xpi",)
    worker = {"channel": "listed", "upstream-artifacts": [upstream("a")]}
    assert made("addons", worker).artifacts == ("public/build/",)


def test_a_workflow_is_told_the_branch_and_revision_of_the_push() -> None:
    task = made(*EXAMPLES["bitrise"])
    assert task.artifacts == ("public/",)
    assert task.definition["payload"] == {
        "global_params": {
            "branch": "release",
            "commit_hash": "d7bbc5812f7f36a9378165fffd7a058ddb0118ec",
        },
        "artifact_prefix": "public",
        "workflow_params": {
            "release": [{"commit_message": "ship", "environments": {"A-b": "c"}}],
        },
    }


def test_workflows_without_parameters_are_named_by_scopes_alone() -> None:
    task = made("bitrise", {"app": "a", "workflows": ["x", "y"], "global-params": {"tag": "t"}})
    assert "workflow_params" not in task.definition["payload"]
    assert task.definition["payload"]["global_params"]["tag"] == "t"
    assert task.definition["scopes"][1:] == [
        "project:app:releng:bitrise:workflow:x",
        "project:app:releng:bitrise:workflow:y",
    ]
