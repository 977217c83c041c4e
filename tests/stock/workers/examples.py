"""One `worker` for each thing that each implementation can do, as people write them."""

from collections.abc import Mapping
from typing import Any

Worker = Mapping[str, Any]


def upstream(*paths: str, **more: Any) -> dict[str, Any]:
    return {"task": "build", "type": "build", "paths": list(paths), **more}


_MAP = [
    {
        "task": "build",
        "locale": "de",
        "paths": {
            "public/build/de/target.tar.xz": {
                "destinations": ["pub/app/candidates/92.0.1-candidates/build2/linux/de/app.tar.xz"],
                "checksums-path": "linux/de/app.tar.xz",
                "update-balrog-manifest": True,
            }
        },
    }
]

_BEETMOVER: dict[str, Any] = {
    "bucket": "release",
    "release-properties": {"app-name": "App", "platform": "linux64"},
    "upstream-artifacts": [upstream("public/build/de/target.tar.xz", locale="de")],
    "artifact-map": _MAP,
}

_MAVEN = {
    "task": "build",
    "locale": "en-US",
    "paths": {
        "public/app.aar": {"destinations": ["maven2/org/app/lib/92.0.1/lib-92.0.1.aar"]},
    },
}

_TREE: dict[str, Any] = {
    "tag-info": {"tags": ["APP_92_0_1_RELEASE"], "revision": "d7bbc58"},
    "version-bump-info": {"next-version": "92.0.2", "files": ["config/version.txt"]},
}

#: (worker alias, worker): bodies of all of these must satisfy their schemas.
EXAMPLES: Mapping[str, tuple[str, Worker]] = {
    "docker: an image that another task builds": (
        "linux",
        {
            "docker-image": {"in-tree": "builder"},
            "max-run-time": 3600,
            "command": ["make", {"task-reference": "<build>"}],
            "env": {"JOBS": 4, "FAST": True, "BUILD": {"task-reference": "<build>"}},
            "chain-of-trust": True,
            "taskcluster-proxy": True,
            "allow-ptrace": True,
            "secrets": ["project/app/key"],
            "features": {"bulk-log": True},
            "caches": [{"type": "persistent", "name": "checkout", "mount-point": "/builds"}],
            "volumes": ["/b", "/a"],
            "artifacts": [
                {"name": "public/build", "path": "/builds/out", "type": "directory"},
                {"name": "public/log", "path": "/builds/log", "expires-after": "7 days"},
            ],
            "retry-exit-status": [4],
            "purge-caches-exit-status": [72],
        },
    ),
    "docker: an image by its place in the index": (
        "linux",
        {"docker-image": {"indexed": "app.v1.images.x"}, "max-run-time": 60, "command": "a && b"},
    ),
    "docker: an image of a registry, with devices": (
        "linux",
        {
            "docker-image": "debian:12",
            "max-run-time": 60,
            "privileged": True,
            "devices": ["loopback-video"],
        },
    ),
    "generic: lists of arguments and lines": (
        "machine",
        {
            "command": [["make", "all"], "make check | tee log"],
            "max-run-time": 3600,
            "env": {"JOBS": 4},
            "chain-of-trust": True,
            "features": {"live-log": True},
            "secrets": ["project/app/key"],
            "artifacts": [
                {"name": "public/build", "path": "out", "type": "directory"},
                {"name": "public/log", "path": "log", "expires-after": "7 days"},
            ],
            "mounts": [
                {"cache-name": "checkout", "directory": "src"},
                {
                    "content": {"task": "build", "artifact": "public/tools.tar.gz"},
                    "directory": "tools",
                    "format": "tar.gz",
                },
                {"content": {"url": "https://example.com/x"}, "file": "x"},
            ],
            "os-groups": ["builders"],
            "retry-exit-status": [4],
        },
    ),
    "generic: lines, on Windows": (
        "windows",
        {
            "command": ["mach build", "mach package"],
            "max-run-time": 3600,
            "run-as-administrator": True,
        },
    ),
    "succeed": ("succeed", {}),
    "signing": (
        "signing",
        {
            "signing-type": "release-signing",
            "max-run-time": 3600,
            "upstream-artifacts": [
                upstream(
                    "public/build/target.tar.xz",
                    formats=["gcp_prod_autograph_widevine", "gcp_prod_autograph_gpg"],
                ),
                upstream(
                    "public/build/target.msi",
                    formats=["gcp_prod_autograph_authenticode_202412"],
                    **{"authenticode-comment": "App Installer"},
                ),
            ],
        },
    ),
    "iscript": (
        "iscript",
        {
            "signing-type": "release-signing",
            "behavior": "mac_sign_and_pkg_hardened",
            "max-run-time": 3600,
            "entitlements-url": "https://example.com/entitlements.xml",
            "hardened-sign-config": [{"deep": True, "globs": ["/Contents/MacOS/*"]}],
            "provisioning-profile-config": [
                {"profile-name": "app.provisionprofile", "target-path": "/Contents/embedded"}
            ],
            "upstream-artifacts": [
                upstream("public/build/target.dmg", formats=["macapp", "gcp_prod_autograph_omnija"])
            ],
        },
    ),
    "beetmover: candidates": ("beetmover", {**_BEETMOVER, "action": "push-to-candidates"}),
    "beetmover: nightly": (
        "beetmover",
        {**_BEETMOVER, "action": "push-to-nightly", "locale": "de", "upload-date": 1},
    ),
    "beetmover: partner": (
        "beetmover",
        {
            **_BEETMOVER,
            "action": "push-to-partner",
            "upstream-artifacts": [
                upstream("public/de/a.tar.xz", locale="partner-repacks/a/b/v1/win32/de")
            ],
        },
    ),
    "beetmover: add-ons": ("beetmover", {**_BEETMOVER, "action": "push-to-system-addons"}),
    "beetmover: translations": (
        "beetmover",
        {
            "action": "upload-translations-artifacts",
            "bucket": "release",
            "release-properties": {"app-name": "app"},
            "upstream-artifacts": [upstream("public/*.zst")],
            "artifact-map": [
                {"task": "build", "paths": {"public/*.zst": {"destinations": ["models/de"]}}}
            ],
            "allow-overwrites": True,
        },
    ),
    "beetmover: directly": (
        "beetmover",
        {
            "action": "direct-push-to-bucket",
            "bucket": "release",
            "release-properties": {"app-name": "app"},
            "upstream-artifacts": [upstream("public/build/de/target.tar.xz", locale="de")],
            "artifact-map": _MAP,
            "max-run-time": 60,
        },
    ),
    "beetmover: maven": (
        "beetmover",
        {
            "action": "push-to-maven",
            "bucket": "maven-production",
            "release-properties": {"app-name": "app"},
            "upstream-artifacts": [upstream("public/app.aar")],
            "artifact-map": [_MAVEN],
        },
    ),
    "beetmover: releases": (
        "beetmover",
        {
            "action": "push-to-releases",
            "bucket": "release",
            "product": "app",
            "partners": ["a/b"],
        },
    ),
    "beetmover: a package repository": (
        "beetmover",
        {
            "action": "import-from-gcs-to-artifact-registry",
            "apt-repo": "release",
            "product": "app",
            "gcs-sources": ["pub/app/releases/92.0.1/"],
        },
    ),
    "beetmover: a repository of RPM packages": (
        "beetmover",
        {
            "action": "import-from-gcs-to-artifact-registry",
            "yum-repo": "release",
            "product": "app",
            "gcs-sources": ["pub/app/releases/92.0.1/"],
        },
    ),
    "beetmover: data": (
        "beetmover",
        {
            "action": "upload-data",
            "bucket": "release",
            "release-properties": {"app-name": "app"},
            "data-map": [
                {"data": "e30=", "content-type": "application/json", "destinations": ["pub/x.json"]}
            ],
        },
    ),
    "balrog: a locale": (
        "balrog",
        {
            "behavior": "v2-submit-locale",
            "server": "release",
            "suffixes": ["", "-No-WNP"],
            "max-run-time": 60,
            "upstream-artifacts": [upstream("public/manifest.json")],
        },
    ),
    "balrog: the release": (
        "balrog",
        {
            "behavior": "v2-submit-toplevel",
            "server": "release",
            "product": "app",
            "archive-domain": "archive.example.com",
            "download-domain": "download.example.com",
            "channel-names": ["release", "release-localtest"],
            "partial-versions": ["90.0build3", "91.0build1"],
            "platforms": ["linux64"],
            "require-mirrors": True,
            "rules-to-update": ["app-release-localtest"],
            "update-line": {"": {"for": {}}},
        },
    ),
    "balrog: a schedule": (
        "balrog",
        {
            "behavior": "schedule",
            "server": "release",
            "product": "app",
            "publish-rules": [145],
            "background-rate": None,
        },
    ),
    "balrog: the end of changes": (
        "balrog",
        {"behavior": "set-readonly", "server": "release", "product": "app"},
    ),
    "bouncer: submission": (
        "bouncer",
        {
            "action": "submission",
            "locales": ["de", "en-US"],
            "submission-entries": {
                "App-92.0.1": {
                    "options": {"add-locales": True, "ssl-only": False},
                    "paths-per-bouncer-platform": {"win64-aarch64": "/app/:lang/App%20Setup.exe"},
                }
            },
        },
    ),
    "bouncer: aliases": (
        "bouncer",
        {"action": "aliases", "aliases-entries": {"app-latest": "App-92.0.1"}},
    ),
    "bouncer: locations": (
        "bouncer",
        {
            "action": "locations",
            "server": "staging",
            "bouncer-products": ["app-nightly-latest"],
            "version": "94.0a1",
            "product": "app",
        },
    ),
    "shipit: shipped": (
        "shipit",
        {"action": "mark-as-shipped", "release-name": "App-92.0.1-build2"},
    ),
    "shipit: merged": ("shipit", {"action": "mark-as-merged", "automation-id": 4}),
    "shipit: a new release": (
        "shipit",
        {
            "action": "create-new-release",
            "product": "app",
            "branch": "release",
            "phase": "ship_app",
            "version": "92.0.1",
            "cron-revision": "d7bbc58",
        },
    ),
    "tree": (
        "tree",
        {
            **_TREE,
            "actions": ["tag", "version-bump", "create-branch", "l10n-bump"],
            "create-branch-info": {"branch-name": "r92"},
            "l10n-bump-info": [
                {
                    "path": "l10n.json",
                    "name": "App l10n",
                    "version-path": "version.txt",
                    "platform-configs": [{"platforms": ["linux64"], "path": "all-locales"}],
                    "ignore-config": {"ja-JP-mac": ["linux64"]},
                }
            ],
            "dontbuild": True,
            "max-run-time": 60,
        },
    ),
    "lando": (
        "lando",
        {
            **_TREE,
            "lando-repo": "app-release",
            "actions": ["tag", "version-bump", "merge-day"],
            "merge-info": {
                "to-branch": "beta",
                "from-branch": "main",
                "version-files": [{"filename": "version.txt", "new-suffix": "b1"}],
            },
        },
    ),
    "addons": (
        "addons",
        {
            "channel": "unlisted",
            "upstream-artifacts": [upstream("public/build/de/target.langpack.xpi", locale="de")],
        },
    ),
    "pushapk": (
        "pushapk",
        {
            "product": "app",
            "channel": "release",
            "google-play-track": "production",
            "rollout-percentage": 25,
            "certificate-alias": "app",
            "target-store": "google",
            "commit": True,
            "upstream-artifacts": [upstream("public/a.apk", optional=True)],
        },
    ),
    "pushmsix": (
        "pushmsix",
        {
            "channel": "release",
            "publish-mode": "Manual",
            "upstream-artifacts": [upstream("public/a.store.msix")],
        },
    ),
    "pushflatpak": (
        "pushflatpak",
        {
            "channel": "stable",
            "product": "app",
            "app-id": "org.example.app",
            "upstream-artifacts": [upstream("public/a.flatpak.tar.xz")],
        },
    ),
    "bitrise": (
        "bitrise",
        {
            "app": "app-ios",
            "workflows": {"release": [{"commit-message": "ship", "environments": {"A-b": "c"}}]},
        },
    ),
    "github": (
        "github",
        {
            "action": "release",
            "github-project": "app",
            "github-owner": "example",
            "github-repo-name": "app-ios",
            "git-tag": "v92.0.1",
            "git-revision": "b" * 40,
            "release-name": "App 92.0.1",
            "release-body": "What is new",
            "is-prerelease": True,
            "upstream-artifacts": [upstream("public/app.zip")],
            "artifact-map": [
                {"task": "build", "paths": {"public/app.zip": {"destinations": ["app-92.0.1.zip"]}}}
            ],
        },
    ),
}

#: What an example says besides, where none has the key, or has what holds without it.
FURTHER: Mapping[str, Worker] = {
    "docker-worker": {"taskcluster-proxy": True},
    "generic-worker": {
        "purge-caches-exit-status": [3],
        "run-task-as-current-user": True,
        "taskcluster-proxy": True,
    },
    "iscript": {
        "product": "mozregression",
        "provisioning-profile-url": "https://example.com/app.provisionprofile",
        "requirements-plist-url": "https://example.com/requirements.plist",
    },
    "scriptworker-beetmover": {"build-number": 77, "next-version": "7.8", "version": "7.7"},
    "scriptworker-balrog": {
        "app-version": "7.7",
        "background-rate": 25,
        "blob-suffix": "-suffix",
        "build-number": 77,
        "complete-mar-bouncer-product-pattern": "App-%(version)s-Complete",
        "complete-mar-filename-pattern": "app-%(version)s.complete.mar",
        "force-fallback-mapping-update": True,
        "pin-channels": ["release"],
        "release-eta": "2026-03-01T10:00:00Z",
        "version": "7.7",
    },
    "scriptworker-shipit": {
        "buildid": "20260301100000",
        "channel": "beta",
        "locales": ["de"],
        "server": "staging",
    },
    "scriptworker-addons": {"product": "app-of-developers", "server": "staging"},
    "scriptworker-tree": {
        "android-l10n-import-info": {"from-repo-url": "https://example.com/l10n"},
        "android-l10n-sync-info": {"from-repo-url": "https://example.com/l10n"},
        "branch": "beta",
        "dry-run": True,
        "ignore-closed-tree": True,
        "merge-info": {"to-branch": "beta"},
        "push": True,
        "source-repo": "https://example.com/app",
        "ssh-user": "ffxbld",
    },
    "scriptworker-lando": {
        "android-l10n-import-info": {"from-branch": "beta"},
        "android-l10n-sync-info": {"from-branch": "beta"},
        "dontbuild": True,
        "dry-run": True,
        "ignore-closed-tree": True,
        "l10n-bump-info": [{"path": "l10n.json", "name": "l10n"}],
        "max-run-time": 77,
    },
    "scriptworker-pushapk": {"submit": True},
    "scriptworker-bitrise": {"artifact-prefix": "other", "global-params": {"branch": "beta"}},
}
