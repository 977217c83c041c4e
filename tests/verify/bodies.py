"""Task bodies that every consumer accepts, one per worker implementation and variant."""

from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]

UPSTREAM = "fN1SbArXTPSVFNUvaOlinQ"
IMAGE = "AbCdEfGhT0GIJkLmNoPqrA"
GONE = object()


def body(payload: Mapping[str, Any], *scopes: str, **changes: Any) -> dict[str, Any]:
    """A body with `payload` and `scopes` for a scriptworker, unless `changes` say otherwise."""
    return {
        "provisionerId": "scriptworker-k8s",
        "workerType": "app-3-signing",
        "schedulerId": "app-level-3",
        "taskGroupId": IMAGE,
        "dependencies": [UPSTREAM],
        "requires": "all-completed",
        "routes": ["index.app.v2.release.latest"],
        "priority": "medium",
        "retries": 5,
        "created": "2026-03-01T10:00:00.000Z",
        "deadline": "2026-03-02T10:00:00.000Z",
        "expires": "2027-03-01T10:00:00.000Z",
        "scopes": list(scopes),
        "payload": dict(payload),
        "metadata": {
            "name": "signing-linux",
            "description": "Signs",
            "owner": "release@example.com",
            "source": "https://github.com/example/app/blob/abc/kinds/promote/signing.yml",
        },
        "tags": {"kind": "signing", "worker-implementation": "scriptworker"},
        "extra": {"parent": IMAGE},
        **changes,
    }


def changed(value: Any, *path_and_value: Any) -> Any:
    """A copy of JSON `value` with what stands at a path replaced; `GONE` takes it away."""
    *path, new = path_and_value
    if not path:
        return new
    key, rest = path[0], (*path[1:], new)
    if isinstance(value, list):
        return [changed(item, *rest) if i == key else item for i, item in enumerate(value)]
    inner = changed(value.get(key, {}), *rest)
    left = {name: item for name, item in value.items() if name != key}
    return left if inner is GONE else {**left, key: inner}


def upstream(*paths: str, **more: Any) -> dict[str, Any]:
    return {"taskId": UPSTREAM, "taskType": "build", "paths": list(paths), **more}


def artifact_map(path: str, destination: str) -> list[dict[str, Any]]:
    place = {"destinations": [destination], "checksums_path": "target.zip"}
    return [{"taskId": UPSTREAM, "locale": "en-US", "paths": {path: place}}]


PROPERTIES = {
    "appName": "App",
    "buildid": "20260301100000",
    "appVersion": "92.0",
    "hashType": "sha512",
    "platform": "linux64",
    "branch": "release",
}

DOCKER = body(
    {
        "image": {"type": "task-image", "taskId": IMAGE, "path": "public/image.tar.zst"},
        "maxRunTime": 3600,
        "command": ["make"],
        "env": {},
        "features": {"chainOfTrust": True},
        "artifacts": {"public/build": {"type": "directory", "path": "/builds/artifacts"}},
    },
    "docker-worker:cache:app-checkouts",
    provisionerId="app-3",
    workerType="b-linux",
    tags={"worker-implementation": "docker-worker"},
    extra={"parent": IMAGE, "chainOfTrust": {"inputs": {"docker-image": IMAGE}}},
)
GENERIC = body(
    {
        "command": [["python3", "build.py"]],
        "maxRunTime": 3600,
        "features": {"chainOfTrust": True},
        "artifacts": [{"name": "public/build", "path": "build", "type": "directory"}],
    },
    provisionerId="app-3",
    workerType="b-osx",
    tags={"worker-implementation": "generic-worker", "os": "macosx"},
)
WINDOWS = body(
    {"command": ["python3 build.py"], "maxRunTime": 3600},
    provisionerId="app-3",
    workerType="b-win2022",
    tags={"worker-implementation": "generic-worker", "os": "windows"},
)
SUCCEED = body({}, provisionerId="built-in", workerType="succeed", tags={})

SIGNING = body(
    {
        "upstreamArtifacts": [
            upstream("public/a.mar", formats=["autograph_hash_only_mar384"]),
            upstream(
                "public/a.msi", formats=["autograph_authenticode_202412"], authenticode_comment="x"
            ),
        ]
    },
    "project:app:releng:signing:cert:release-signing",
)
ISCRIPT = body(
    {"upstreamArtifacts": [upstream("public/a.tar.gz", formats=["macapp"])]},
    "project:app:releng:signing:cert:nightly-signing",
    provisionerId="scriptworker-prov-v1",
)


def beetmover(action: str, **payload: Any) -> dict[str, Any]:
    prefix = "project:releng:beetmover"
    return body(payload, f"{prefix}:bucket:release", f"{prefix}:action:{action}")


CANDIDATES = beetmover(
    "push-to-candidates",
    upload_date=1772359200,
    releaseProperties=PROPERTIES,
    version="92.0",
    build_number=1,
    upstreamArtifacts=[upstream("public/a.zip", locale="en-US")],
    artifactMap=artifact_map("public/a.zip", "pub/app/candidates/92.0-candidates/build1/a.zip"),
)
PARTNER = beetmover(
    "push-to-partner",
    upload_date=1772359200,
    releaseProperties=PROPERTIES,
    version="92.0",
    build_number=1,
    upstreamArtifacts=[upstream("public/a.zip", locale="partner-repacks/a/b/v1/win32/de")],
)
MAVEN = beetmover(
    "push-to-maven",
    releaseProperties=PROPERTIES,
    version="92.0.1",
    upstreamArtifacts=[upstream("public/a.aar")],
    artifactMap=artifact_map("public/a.aar", "maven2/org/example/view/92.0.1/view-92.0.1.aar"),
)
RELEASES = beetmover("push-to-releases", product="app", build_number=1, version="92.0")
IMPORT = body(
    {"product": "app", "gcs_sources": ["a.deb"]},
    "project:releng:beetmover:apt-repo:release",
    "project:releng:beetmover:action:import-from-gcs-to-artifact-registry",
)
UPLOAD = beetmover(
    "upload-data",
    releaseProperties={"appName": "App"},
    dataMap=[{"data": "{}", "contentType": "application/json", "destinations": ["a.json"]}],
)


def balrog(behavior: str, **payload: Any) -> dict[str, Any]:
    return body({"behavior": behavior, **payload}, "project:releng:balrog:server:release")


SUBMIT_LOCALE = balrog("v2-submit-locale", upstreamArtifacts=[upstream("public/manifest.json")])
SUBMIT_TOPLEVEL = balrog(
    "submit-toplevel",
    app_version="92.0",
    archive_domain="archive.example.com",
    build_number=1,
    channel_names=["release"],
    download_domain="download.example.com",
    partial_versions="91.0build1",
    platforms=["linux"],
    product="app",
    require_mirrors=True,
    rules_to_update=["app-release"],
    version="92.0",
)
SCHEDULE = balrog(
    "schedule",
    build_number=1,
    product="app",
    publish_rules=[145],
    release_eta="",
    version="92.0",
)
READONLY = balrog("set-readonly", build_number=1, product="app", version="92.0")


def service(name: str, action: str, **payload: Any) -> dict[str, Any]:
    prefix = f"project:releng:{name}"
    return body(payload, f"{prefix}:server:production", f"{prefix}:action:{action}")


BOUNCER_ALIASES = service("bouncer", "aliases", aliases_entries={"app-latest": "App-92.0"})
BOUNCER_SUBMISSION = service(
    "bouncer",
    "submission",
    locales=["en-US"],
    submission_entries={
        "App-92.0": {
            "options": {"add_locales": True, "ssl_only": True},
            "paths_per_bouncer_platform": {"linux": "/a"},
        }
    },
)
BOUNCER_LOCATIONS = service(
    "bouncer", "locations", bouncer_products=["app-latest"], version="92.0", product="app"
)
SHIPPED = service("ship-it", "mark-as-shipped", release_name="App-92.0-build1")
MERGED = service("ship-it", "mark-as-merged", automation_id=7)

TREE = body(
    {"actions": ["tag", "push"], "tag_info": {"tags": ["APP_92_0_RELEASE"], "revision": "abc"}}
)
LANDO = body(
    {
        "actions": ["tag", "version_bump"],
        "lando_repo": "app-release",
        "tag_info": {"tags": ["APP_92_0_RELEASE"], "revision": "abc"},
        "version_bump_info": {"next_version": "92.0.1", "files": ["version.txt"]},
    },
    "project:releng:lando:repo:app-release",
    "project:releng:lando:action:tag",
    "project:releng:lando:action:version_bump:file:version.txt",
)

ADDONS = body(
    {"upstreamArtifacts": [upstream("public/de/target.langpack.xpi")], "channel": "listed"},
    "project:releng:addons.example.org:server:production",
)
PUSHAPK = body(
    {"upstreamArtifacts": [upstream("public/a.apk")], "google_play_track": "beta"},
    "project:app:releng:googleplay:product:app",
)
PUSHFLATPAK = body(
    {"upstreamArtifacts": [upstream("public/a.flatpak.tar.xz")], "channel": "stable"},
    "project:releng:flathub:app:stable",
)
PUSHMSIX = body(
    {"upstreamArtifacts": [upstream("public/a.store.msix")], "channel": "release"},
    "project:releng:microsoftstore:release",
)
BITRISE = body(
    {"global_params": {"branch": "release"}, "artifact_prefix": "public"},
    "project:app:releng:bitrise:app:app",
    "project:app:releng:bitrise:workflow:build",
)
GITHUB = body(
    {
        "gitTag": "v92.0",
        "gitRevision": "a" * 40,
        "releaseName": "App 92.0",
        "isPrerelease": False,
        "upstreamArtifacts": [upstream("public/a.zip")],
        "artifactMap": artifact_map("public/a.zip", "app-92.0.zip"),
    },
    "project:app:releng:github:project:app",
    "project:app:releng:github:action:release",
)


def with_scopes(body: Body, *scopes: str) -> Body:
    return {**body, "scopes": list(scopes)}


def less(body: Body, scope_end: str) -> Body:
    """`body` without the scopes that end so."""
    return with_scopes(body, *(s for s in body["scopes"] if not s.endswith(scope_end)))


def more(body: Body, scope: str) -> Body:
    return with_scopes(body, *body["scopes"], scope)


def signed(*items: Mapping[str, Any]) -> Body:
    signing: Body = changed(SIGNING, "payload", "upstreamArtifacts", list(items))
    return signing


#: A name, the implementation, a body that it refuses and the text that says so.
Cases = Mapping[str, tuple[str, Body, str]]

VALID: Mapping[str, tuple[str, Body]] = {
    "docker": ("docker-worker", DOCKER),
    "generic-worker on posix": ("generic-worker", GENERIC),
    "generic-worker on windows": ("generic-worker", WINDOWS),
    "windows told by its commands": ("generic-worker", changed(WINDOWS, "tags", "os", GONE)),
    "succeed": ("succeed", SUCCEED),
    "a worker of the project's own": ("our-own", body({"anything": 1})),
    "signing": ("scriptworker-signing", SIGNING),
    "iscript": ("iscript", ISCRIPT),
    "push-to-candidates": ("scriptworker-beetmover", CANDIDATES),
    "push-to-partner": ("scriptworker-beetmover", PARTNER),
    "push-to-maven": ("scriptworker-beetmover", MAVEN),
    "push-to-releases": ("scriptworker-beetmover", RELEASES),
    "import-from-gcs": ("scriptworker-beetmover", IMPORT),
    "upload-data": ("scriptworker-beetmover", UPLOAD),
    "submit-locale": ("scriptworker-balrog", SUBMIT_LOCALE),
    "submit-toplevel": ("scriptworker-balrog", SUBMIT_TOPLEVEL),
    "schedule": ("scriptworker-balrog", SCHEDULE),
    "set-readonly": ("scriptworker-balrog", READONLY),
    "bouncer aliases": ("scriptworker-bouncer", BOUNCER_ALIASES),
    "bouncer submission": ("scriptworker-bouncer", BOUNCER_SUBMISSION),
    "bouncer locations": ("scriptworker-bouncer", BOUNCER_LOCATIONS),
    "mark-as-shipped": ("scriptworker-shipit", SHIPPED),
    "mark-as-merged": ("scriptworker-shipit", MERGED),
    "tree": ("scriptworker-tree", TREE),
    "lando": ("scriptworker-lando", LANDO),
    "addons": ("scriptworker-addons", ADDONS),
    "pushapk": ("scriptworker-pushapk", PUSHAPK),
    "pushflatpak": ("scriptworker-pushflatpak", PUSHFLATPAK),
    "pushmsix": ("scriptworker-pushmsix", PUSHMSIX),
    "bitrise": ("scriptworker-bitrise", BITRISE),
    "github": ("scriptworker-github", GITHUB),
}
