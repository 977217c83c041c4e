import pytest

from relpro.verify.bodies import check_body
from tests.verify import bodies as b
from tests.verify.bodies import GONE, Cases, changed, less, more, upstream, with_scopes

BROKEN: Cases = {
    "a tag without its info": (
        "scriptworker-tree",
        changed(b.TREE, "payload", "tag_info", GONE),
        "`payload` lacks `tag_info`, which action `tag` reads",
    ),
    "a tree action that is none": (
        "scriptworker-tree",
        changed(b.TREE, "payload", "actions", ["bump"]),
        (
            '`payload.actions[0]` is `"bump"`, not one of `tag`, `version_bump`, `l10n_bump`,'
            " `l10n_bump_github`, `merge_day`, `android_l10n_import`, `android_l10n_sync`, `push`,"
            " `create_branch`"
        ),
    ),
    "no lando repository": (
        "scriptworker-lando",
        changed(b.LANDO, "payload", "lando_repo", GONE),
        "`payload` lacks `lando_repo`",
    ),
    "no lando repository scope": (
        "scriptworker-lando",
        less(b.LANDO, "repo:app-release"),
        "scope `...:lando:repo:app-release` is missing",
    ),
    "no lando action scope": (
        "scriptworker-lando",
        less(b.LANDO, "action:tag"),
        "scope `...:lando:action:tag` is missing",
    ),
    "no lando file scope": (
        "scriptworker-lando",
        changed(b.LANDO, "payload", "version_bump_info", "files", ["a.txt"]),
        "scope `...:lando:action:version_bump:file:a.txt` is missing",
    ),
    "an option for nobody": (
        "scriptworker-lando",
        changed(b.LANDO, "payload", "dontbuild", True),
        "`payload.dontbuild` is only for actions `l10n_bump`",
    ),
    "no add-on server": (
        "scriptworker-addons",
        with_scopes(b.ADDONS, "project:releng:addons.example.org:server:dev"),
        "one scope for the add-on server `production`, `staging` is needed, found `dev`",
    ),
    "an unknown add-on channel": (
        "scriptworker-addons",
        changed(b.ADDONS, "payload", "channel", "public"),
        '`payload.channel` is `"public"`, not one of `listed`, `unlisted`',
    ),
    "two products of a store": (
        "scriptworker-pushapk",
        more(b.PUSHAPK, "project:app:releng:googleplay:product:other"),
        (
            "exactly one scope `...:googleplay:product:<name>` is needed, found"
            " `...:googleplay:product:app`, `...:googleplay:product:other`"
        ),
    ),
    "apk and aab": (
        "scriptworker-pushapk",
        changed(b.PUSHAPK, "payload", "upstreamArtifacts", [upstream("a.apk", "a.aab")]),
        "`payload.upstreamArtifacts` mixes apk and aab files",
    ),
    "a rollout of more than everybody": (
        "scriptworker-pushapk",
        changed(b.PUSHAPK, "payload", "rollout_percentage", 101),
        "`payload.rollout_percentage` is `101`, more than `100`",
    ),
    "a flatpak without a channel": (
        "scriptworker-pushflatpak",
        changed(b.PUSHFLATPAK, "payload", "channel", GONE),
        "`payload` lacks `channel`",
    ),
    "a flatpak channel of another store": (
        "scriptworker-pushflatpak",
        more(
            changed(b.PUSHFLATPAK, "payload", "channel", "release"),
            "project:releng:flathub:app:release",
        ),
        "`payload.channel` is `release`, not one of `mock`, `beta`, `stable`",
    ),
    "a flatpak channel without scope": (
        "scriptworker-pushflatpak",
        changed(b.PUSHFLATPAK, "payload", "channel", "beta"),
        "scope `...:flathub:beta` is missing",
    ),
    "two flatpak apps": (
        "scriptworker-pushflatpak",
        with_scopes(
            b.PUSHFLATPAK,
            "project:releng:flathub:app:stable:org.example.A",
            "project:releng:flathub:app:stable:org.example.B",
        ),
        "scopes name more than one app: `org.example.A`, `org.example.B`",
    ),
    "an msix channel without scope": (
        "scriptworker-pushmsix",
        changed(b.PUSHMSIX, "payload", "channel", "beta"),
        "scope `...:microsoftstore:beta` is missing",
    ),
    "no bitrise workflow": (
        "scriptworker-bitrise",
        less(b.BITRISE, "workflow:build"),
        "at least one scope `...:bitrise:workflow:<name>` is needed",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_a_tree_or_store_script_refuses_is_the_one_thing_said(case: str) -> None:
    implementation, body, text = BROKEN[case]
    assert list(check_body(implementation, body)) == [text]


def test_a_scope_for_all_version_bumps_stands_for_those_of_files() -> None:
    body = less(b.LANDO, "file:version.txt")
    assert list(check_body("scriptworker-lando", body)) != []
    allowed = more(body, "project:releng:lando:action:version_bump")
    assert list(check_body("scriptworker-lando", allowed)) == []


def test_a_mock_push_needs_no_scope() -> None:
    body = with_scopes(changed(b.PUSHMSIX, "payload", "channel", "mock"))
    assert list(check_body("scriptworker-pushmsix", body)) == []
