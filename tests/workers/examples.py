"""For each demand of a script's code: a body that it refuses, and the closest that it takes."""

from typing import Any

import attrs

from tests.verify import bodies as b
from tests.verify.bodies import GONE, Body, artifact_map, changed, less, more, signed, upstream

_STACKED = "apple_notarization_stacked"


@attrs.frozen
class Example:
    """Of a demand, by its script and its words: what is refused, and what is just accepted."""

    script: str
    says: str
    refused: Body
    accepted: Body


def _payload(body: Body, *path_and_value: Any) -> Body:
    made: Body = changed(body, "payload", *path_and_value)
    return made


def _of(script: str, *cases: tuple[str, Body, Body]) -> tuple[Example, ...]:
    return tuple(Example(script, *case) for case in cases)


_MSI = {"formats": ["autograph_authenticode_202412"], "authenticode_comment": "x"}
_SUBMISSION = ("submission_entries", "App-92.0", "options")
_PARTNERS = "partner-repacks/a/b/v1/win32"
_RELENG = "project:releng"

_ELSEWHERE = "https://git.example.org/app/src/abc/kinds/a.yml"
_BRANCH = {"l10n_repo_url": "https://github.com/example/l10n", "l10n_repo_target_branch": "main"}


def _mac(*artifacts: Body) -> Body:
    return _payload(b.ISCRIPT, "upstreamArtifacts", list(artifacts))


def _hardened(**config: str) -> Body:
    behavior = _payload(b.ISCRIPT, "behavior", "mac_sign_hardened")
    return _payload(behavior, "hardened-sign-config", [{"globs": ["/"], **config}])


def _moved(*paths: str) -> Body:
    places = [place for path in paths for place in artifact_map(path, f"pub/{path}")]
    body = _payload(b.CANDIDATES, "upstreamArtifacts", [upstream(*paths, locale="en-US")])
    return _payload(body, "artifactMap", places)


def _told(*names: str) -> Body:
    """An archive of which the update server is told, and a package, by their names in checksums."""
    body = _moved("public/a.complete.mar", "public/a.zip")
    places = [
        {**place, "paths": {path: {**said, "checksums_path": name}}}
        for place, name in zip(body["payload"]["artifactMap"], names, strict=True)
        for path, said in place["paths"].items()
    ]
    (archive,) = places[0]["paths"].values()
    archive["update_balrog_manifest"] = True
    return _payload(body, "artifactMap", places)


def _bumped(*actions: str, **info: str) -> Body:
    needed = {"path": "a.json", "name": "a", "platform_configs": [], "version_path": "version.txt"}
    body = _payload(b.TREE, "actions", list(actions))
    return _payload(body, "l10n_bump_info", [{**needed, **info}])


def _merged(**info: Any) -> Body:
    known = {"to_branch": "beta", "fetch_version_from": "version.txt"}
    body = more(b.LANDO, f"{_RELENG}:lando:action:merge_day")
    return _payload(_payload(body, "actions", ["merge_day"]), "merge_info", {**known, **info})


EXAMPLES: tuple[Example, ...] = (
    *_of(
        "iscript",
        (
            "One scope names a certificate for Macs.",
            changed(b.ISCRIPT, "scopes", ["project:app:releng:signing:cert:production-signing"]),
            changed(b.ISCRIPT, "scopes", ["project:app:releng:signing:cert:dep-signing"]),
        ),
        (
            "Every upstream artifact says its `formats`.",
            _payload(b.ISCRIPT, "upstreamArtifacts", [upstream("public/a.tar.gz")]),
            _payload(b.ISCRIPT, "upstreamArtifacts", [upstream("public/a.tar.gz", formats=[])]),
        ),
        (
            "An application is an archive that can be unpacked, a language pack an `.xpi`.",
            _mac(upstream("public/a.pkg", formats=["macapp"])),
            _mac(
                upstream("public/a.dmg", formats=["macapp"]),
                upstream("public/a.xpi", formats=["autograph_langpack"]),
                upstream("public/a.plist", formats=[]),
            ),
        ),
        (
            "What is signed lies in a folder that the script knows.",
            _mac(upstream("private/a.dmg", formats=["macapp"])),
            _mac(
                upstream("releng/partner/a.dmg", formats=["macapp"]),
                upstream("private/a.plist", formats=[]),
            ),
        ),
        (
            "Hardened signing has `hardened-sign-config`; its files are addresses or artifacts.",
            _hardened(entitlements="/public/a.plist"),
            _hardened(entitlements="https://example.com/a.plist", libconstraints="public/b.plist"),
        ),
    ),
    *_of(
        "scriptworker-signing",
        (
            "One scope names the certificate.",
            more(b.SIGNING, "project:app:releng:signing:cert:dep-signing"),
            more(b.SIGNING, "project:app:releng:signing:format:gpg"),
        ),
        (
            "No two upstream artifacts have one path.",
            signed(upstream("public/a", formats=["x"]), upstream("public/a", formats=["y"])),
            signed(upstream("public/a", formats=["x"]), upstream("public/b", formats=["x"])),
        ),
        (
            "An `authenticode_comment` stands with an authenticode format, on an `.msi`.",
            signed(upstream("public/a.exe", **_MSI)),
            signed(upstream("public/a.exe", "public/a.msi", **_MSI)),
        ),
        (
            f"The format `{_STACKED}` is the only one of its files.",
            signed(upstream("public/a.pkg", formats=[_STACKED, "macapp"])),
            signed(
                upstream("public/a.pkg", formats=[_STACKED]),
                upstream("public/b.pkg", formats=["macapp"]),
            ),
        ),
        (
            "The name of a file ends as its format has it.",
            signed(upstream("public/a.exe", formats=["gcp_prod_autograph_omnija"])),
            signed(
                upstream("public/a.tar.xz", formats=["gcp_prod_autograph_omnija"]),
                upstream("public/a.exe", formats=["stage_autograph_authenticode_202412:key"]),
                upstream("public/a.txt", formats=["autograph_gpg"]),
            ),
        ),
    ),
    *_of(
        "scriptworker-beetmover",
        (
            "One scope names an action.",
            less(b.RELEASES, ":action:push-to-releases"),
            b.RELEASES,
        ),
        (
            "One scope names a bucket or repository, with the prefix of that of the action.",
            more(b.RELEASES, f"{_RELENG}:beetmover:apt-repo:release"),
            more(b.RELEASES, f"{_RELENG}:beetmover:other:release"),
        ),
        (
            "The payload has `version` and `build_number`.",
            _payload(b.PARTNER, "build_number", GONE),
            _payload(b.PARTNER, "build_number", 12),
        ),
        (
            "The tag `kind` is set.",
            changed(b.PARTNER, "tags", "kind", GONE),
            changed(b.PARTNER, "tags", "kind", ""),
        ),
        (
            "`artifactMap` has an entry for every upstream artifact, with its locale.",
            _payload(b.CANDIDATES, "upstreamArtifacts", [upstream("public/a.zip", locale="de")]),
            _payload(
                b.CANDIDATES,
                "artifactMap",
                artifact_map("public/a.zip", "a") + artifact_map("public/more.zip", "b"),
            ),
        ),
        (
            "A `buildhub.json` is moved together with the installer of its locale.",
            _moved("public/buildhub.json", "public/target.zip"),
            _moved("public/buildhub.json", "public/target.dmg"),
        ),
        (
            "A file that the update server is told of has a `checksums_path` of its own.",
            _told("a.complete.mar", "a.complete.mar"),
            _told("a.complete.mar", ""),
        ),
        (
            "The `locale` of an upstream artifact is the folder of a partner.",
            _payload(
                b.PARTNER, "upstreamArtifacts", [upstream("public/a", locale=f"{_PARTNERS}/..")]
            ),
            _payload(
                b.PARTNER, "upstreamArtifacts", [upstream("public/a", locale=f"{_PARTNERS}/..a")]
            ),
        ),
        (
            "The last folder of a destination is `version`, and its file name holds it.",
            _payload(b.MAVEN, "version", "92.0"),
            b.MAVEN,
        ),
    ),
    *_of(
        "scriptworker-balrog",
        (
            "One scope names the server.",
            changed(b.SCHEDULE, "scopes", [f"{_RELENG}:balrog:server:production"]),
            changed(b.SCHEDULE, "scopes", [f"{_RELENG}:balrog:server:esr"]),
        ),
        (
            "The behavior is known, and a scope of an action, if held, names the same.",
            more(b.SCHEDULE, f"{_RELENG}:balrog:action:submit-locale"),
            more(b.SCHEDULE, f"{_RELENG}:balrog:action:schedule"),
        ),
        (
            "The payload has `release_eta`, if only an empty text.",
            _payload(b.SCHEDULE, "release_eta", GONE),
            b.SCHEDULE,
        ),
        (
            "`background_rate` is 0 to 100.",
            _payload(b.SCHEDULE, "background_rate", 101),
            _payload(b.SCHEDULE, "background_rate", 100),
        ),
        (
            "Each of `partial_versions` is `<version>build<n>`.",
            _payload(b.SUBMIT_TOPLEVEL, "partial_versions", "91.0build1, 91.1"),
            _payload(b.SUBMIT_TOPLEVEL, "partial_versions", "91.0build1, 91.1build2"),
        ),
        (
            "One manifest is all of the upstream artifacts.",
            _payload(b.SUBMIT_LOCALE, "upstreamArtifacts", [upstream("public/a", "public/b")]),
            _payload(b.SUBMIT_LOCALE, "upstreamArtifacts", [upstream("public/a")]),
        ),
    ),
    *_of(
        "scriptworker-bouncer",
        (
            "One scope names the server.",
            more(b.BOUNCER_ALIASES, f"{_RELENG}:bouncer:server:staging"),
            b.BOUNCER_ALIASES,
        ),
        (
            "One scope names an action.",
            more(b.BOUNCER_ALIASES, f"{_RELENG}:bouncer:action:locations"),
            b.BOUNCER_ALIASES,
        ),
        (
            "Every product has paths, and the options `add_locales` and `ssl_only`.",
            _payload(b.BOUNCER_SUBMISSION, *_SUBMISSION, "add_locales", GONE),
            _payload(b.BOUNCER_SUBMISSION, *_SUBMISSION, "add_locales", False),
        ),
    ),
    *_of(
        "scriptworker-shipit",
        (
            "One scope names the server.",
            changed(b.SHIPPED, "scopes", 0, f"{_RELENG}:ship-it:server:dev"),
            changed(b.SHIPPED, "scopes", 0, f"{_RELENG}:ship-it:server:staging"),
        ),
        (
            "One scope names an action.",
            more(b.SHIPPED, f"{_RELENG}:ship-it:action:mark-as-merged"),
            b.SHIPPED,
        ),
    ),
    *_of(
        "scriptworker-tree",
        (
            "`source_repo`, or the address of the task's source, names the tree.",
            _payload(changed(b.TREE, "metadata", "source", _ELSEWHERE), "source_repo", GONE),
            _payload(
                changed(b.TREE, "metadata", "source", _ELSEWHERE), "source_repo", "https://x.org/a"
            ),
        ),
        (
            "Each action finds the part of the payload that it reads.",
            _payload(b.TREE, "actions", ["tag", "version_bump"]),
            _payload(b.TREE, "actions", ["tag", "push"]),
        ),
        (
            "`l10n_bump` and `l10n_bump_github` are not in one task.",
            _bumped("l10n_bump", "l10n_bump_github", **_BRANCH),
            _bumped("l10n_bump", "push"),
        ),
        (
            "Each of `l10n_bump_info` names a repository and its branch.",
            _bumped("l10n_bump_github", l10n_repo_url="https://github.com/example/l10n"),
            _bumped("l10n_bump_github", **_BRANCH),
        ),
    ),
    *_of(
        "scriptworker-lando",
        (
            "The payload names a repository and at least one action.",
            _payload(b.LANDO, "lando_repo", GONE),
            b.LANDO,
        ),
        (
            "Each action finds the part of the payload that it reads.",
            _payload(b.LANDO, "tag_info", GONE),
            b.LANDO,
        ),
        (
            "`merge_old_head` has a `from_branch`; version files are bumped in one way.",
            _merged(merge_old_head=True),
            _merged(merge_old_head=True, from_branch="main"),
        ),
        (
            "`dontbuild` and `ignore_closed_tree` stand only with actions that heed them.",
            _payload(b.LANDO, "dontbuild", False),
            b.LANDO,
        ),
        (
            "There is a scope for the repository, each action and each file that is bumped.",
            less(b.LANDO, ":file:version.txt"),
            more(less(b.LANDO, ":file:version.txt"), f"{_RELENG}:lando:action:version_bump"),
        ),
    ),
    *_of(
        "scriptworker-addons",
        (
            "One scope names the server of the add-on site.",
            more(b.ADDONS, f"{_RELENG}:addons.example.org:server:staging"),
            more(b.ADDONS, f"{_RELENG}:addons.example.org:other:staging"),
        ),
    ),
    *_of(
        "scriptworker-pushapk",
        (
            "One scope names the product.",
            more(b.PUSHAPK, "project:app:releng:googleplay:product:other"),
            b.PUSHAPK,
        ),
        (
            "A task publishes apk files or aab files, not both.",
            _payload(b.PUSHAPK, "upstreamArtifacts", [upstream("public/a.apk", "public/a.aab")]),
            _payload(b.PUSHAPK, "upstreamArtifacts", [upstream("public/a.apk", "public/b.apk")]),
        ),
        (
            "`google_play_track` is not for the store `samsung`.",
            _payload(b.PUSHAPK, "target_store", "samsung"),
            _payload(_payload(b.PUSHAPK, "target_store", "samsung"), "google_play_track", GONE),
        ),
    ),
    *_of(
        "scriptworker-pushflatpak",
        (
            "`channel` is mock, beta or stable.",
            _payload(b.PUSHFLATPAK, "channel", "release"),
            _payload(b.PUSHFLATPAK, "channel", "mock"),
        ),
        (
            "A scope names the channel, unless that is mock.",
            _payload(b.PUSHFLATPAK, "channel", "beta"),
            changed(
                _payload(b.PUSHFLATPAK, "channel", "beta"),
                "scopes",
                [f"{_RELENG}:flathub:app:beta:org.example.App"],
            ),
        ),
        (
            "At most one scope names an app besides the channel.",
            changed(
                b.PUSHFLATPAK,
                "scopes",
                [f"{_RELENG}:flathub:app:stable:{app}" for app in ("org.a", "org.b")],
            ),
            changed(b.PUSHFLATPAK, "scopes", [f"{_RELENG}:flathub:app:stable:org.a"]),
        ),
        (
            "One upstream artifact is the bundle.",
            _payload(b.PUSHFLATPAK, "upstreamArtifacts", [upstream("public/a.tar.xz")]),
            _payload(
                b.PUSHFLATPAK,
                "upstreamArtifacts",
                [upstream("public/a.flatpak.tar.xz", "public/a.tar.xz")],
            ),
        ),
    ),
    *_of(
        "scriptworker-pushmsix",
        (
            "`channel` is mock, beta, release or esr.",
            _payload(b.PUSHMSIX, "channel", GONE),
            b.PUSHMSIX,
        ),
        (
            "A scope names the channel, unless that is mock.",
            changed(b.PUSHMSIX, "scopes", []),
            changed(b.PUSHMSIX, "scopes", [f"{_RELENG}:microsoftstore:release"]),
        ),
        (
            "One of the upstream artifacts is a package for the store.",
            _payload(b.PUSHMSIX, "upstreamArtifacts", [upstream("public/a.msix")]),
            _payload(
                b.PUSHMSIX, "upstreamArtifacts", [upstream("public/a.msix", "public/a.store.msix")]
            ),
        ),
    ),
    *_of(
        "scriptworker-bitrise",
        (
            "One scope names the app.",
            more(b.BITRISE, "project:app:releng:bitrise:app:other"),
            b.BITRISE,
        ),
        (
            "At least one scope names a workflow.",
            less(b.BITRISE, ":workflow:build"),
            more(b.BITRISE, "project:app:releng:bitrise:workflow:test"),
        ),
        (
            "The scopes of app and workflows have one prefix.",
            more(b.BITRISE, "project:other:releng:bitrise:workflow:test"),
            more(b.BITRISE, "project:app:releng:bitrise:workflow:test"),
        ),
        (
            "`artifact_prefix` is a folder below that of artifacts.",
            _payload(b.BITRISE, "artifact_prefix", "public/../../other"),
            _payload(b.BITRISE, "artifact_prefix", "public/../other"),
        ),
    ),
    *_of(
        "scriptworker-github",
        (
            "One scope names the project.",
            more(b.GITHUB, "project:app:releng:github:project:other"),
            more(b.GITHUB, "project:app:releng:beetmover:bucket:other"),
        ),
        (
            "One scope names the action, which is `release`.",
            more(less(b.GITHUB, ":action:release"), "project:app:releng:github:action:delete"),
            b.GITHUB,
        ),
        (
            "The scopes of project and action have one prefix.",
            more(less(b.GITHUB, ":action:release"), "project:github:action:release"),
            b.GITHUB,
        ),
        (
            "`payload` names tag, revision, release and files, and says whether it comes early.",
            _payload(b.GITHUB, "isPrerelease", "false"),
            _payload(b.GITHUB, "releaseBody", "What is new"),
        ),
        (
            "A task that names the repository names its owner too.",
            _payload(b.GITHUB, "githubRepoName", "app"),
            _payload(_payload(b.GITHUB, "githubRepoName", "app"), "githubOwner", "example"),
        ),
        (
            "Every upstream artifact stands once in `artifactMap`, with one destination.",
            _payload(b.GITHUB, "artifactMap", artifact_map("public/b.zip", "b.zip")),
            _payload(
                b.GITHUB,
                "artifactMap",
                artifact_map("public/a.zip", "a.zip") + artifact_map("public/b.zip", "b.zip"),
            ),
        ),
    ),
)
