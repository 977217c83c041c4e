"""Takes a task body, gives what the scripts for stores and build services refuse."""

from collections.abc import Iterator
from posixpath import normpath

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import (
    SERVERS,
    Body,
    Demand,
    Rule,
    Script,
    always,
    exactly_one,
    one_prefix,
    scopes_with,
    upstream_paths,
    values,
)


def _packages_are_of_one_format(body: Body) -> Iterator[str]:
    paths = upstream_paths(body)
    if any(p.endswith(".apk") for p in paths) and any(p.endswith(".aab") for p in paths):
        yield "`payload.upstreamArtifacts` mixes apk and aab files"


def _channel_is_one_of(*channels: str) -> Rule:
    def rule(body: Body) -> Iterator[str]:
        channel = body["payload"].get("channel")
        if channel is None:
            yield "`payload` lacks `channel`"
        elif channel not in channels:
            yield f"`payload.channel` is `{channel}`, not one of {listed(channels)}"

    return rule


def _channel_is_held(marker: str) -> Rule:
    """A rule: a scope with `marker` names the channel, unless the channel is `mock`.

    The channel is the last part of the scope, or the part before the id of an app.
    """

    def rule(body: Body) -> Iterator[str]:
        channel = body["payload"].get("channel")
        held = [value.split(":")[-2:] for value in values(body, marker)]
        if channel not in (None, "mock") and not any(channel in parts for parts in held):
            yield f"scope `...{marker}{channel}` is missing"

    return rule


def _one_app_is_pushed(body: Body) -> Iterator[str]:
    parts = [value.split(":") for value in values(body, ":flathub:")]
    apps = [part[-1] for part in parts if part[-2:-1] == [body["payload"].get("channel")]]
    if len(apps) > 1:
        yield f"scopes name more than one app: {listed(apps)}"


def _one_site_is_named(body: Body) -> Iterator[str]:
    held = [(site, name) for site, name in scopes_with(body, ":server:") if ":addons." in site]
    if len(held) != 1 or held[0][1] not in SERVERS:
        names = listed(name for _, name in held) or "none"
        yield f"one scope for the add-on server {listed(SERVERS)} is needed, found {names}"


def _workflows_are_held(body: Body) -> Iterator[str]:
    if not values(body, ":bitrise:workflow:"):
        yield "at least one scope `...:bitrise:workflow:<name>` is needed"


def _one_store_has_no_tracks(body: Body) -> Iterator[str]:
    payload = body["payload"]
    if payload.get("target_store") == "samsung" and payload.get("google_play_track"):
        yield "`payload.google_play_track` is not for the store `samsung`"


def _a_package_for_the_store_is_there(body: Body) -> Iterator[str]:
    """A pattern may match one."""
    paths = upstream_paths(body)
    if not any(path.endswith(".store.msix") or "*" in path for path in paths):
        yield "no path of `payload.upstreamArtifacts` ends in `.store.msix`"


def _one_bundle_is_pushed(body: Body) -> Iterator[str]:
    paths = [path for path in upstream_paths(body) if path.endswith(".flatpak.tar.xz")]
    if len(paths) != 1:
        found = listed(paths) or "none"
        yield f"one path that ends in `.flatpak.tar.xz` is needed, found {found}"


def _artifacts_stay_in_their_folder(body: Body) -> Iterator[str]:
    prefix = body["payload"].get("artifact_prefix", "")
    if normpath(prefix or ".").startswith(("..", "/")):
        yield f"`payload.artifact_prefix` leads out of the folder of artifacts: `{prefix}`"


ADDONS = Script(
    always("addonscript/addonscript_task_schema.json"),
    (
        Demand(
            "One scope names the server of the add-on site.",
            "addonscript/task.py: get_amo_instance_config_from_scope",
            _one_site_is_named,
        ),
    ),
)

BITRISE = Script(
    always("bitrisescript/bitrisescript_task_schema.json"),
    (
        Demand(
            "One scope names the app.",
            "bitrisescript/task.py: get_bitrise_app",
            exactly_one(":bitrise:app:"),
        ),
        Demand(
            "At least one scope names a workflow.",
            "bitrisescript/task.py: get_bitrise_workflows",
            _workflows_are_held,
        ),
        Demand(
            "The scopes of app and workflows have one prefix.",
            "bitrisescript/task.py: extract_common_scope_prefix",
            one_prefix((":bitrise:app:", ":bitrise:workflow:"), "app and workflows"),
        ),
    ),
    (
        Demand(
            "`artifact_prefix` is a folder below that of artifacts.",
            "bitrisescript/task.py: get_artifact_dir",
            _artifacts_stay_in_their_folder,
        ),
    ),
)

PUSHAPK = Script(
    always("pushapkscript/pushapk_task_schema.json"),
    (
        Demand(
            "One scope names the product.",
            "pushapkscript/task.py: extract_android_product_from_scopes",
            exactly_one(":googleplay:product:"),
        ),
    ),
    (
        Demand(
            "A task publishes apk files or aab files, not both.",
            "pushapkscript/script.py: async_main",
            _packages_are_of_one_format,
        ),
        Demand(
            "`google_play_track` is not for the store `samsung`.",
            "pushapkscript/publish_config.py: _get_channel_publish_config",
            _one_store_has_no_tracks,
        ),
    ),
    publishes=True,
)

PUSHFLATPAK = Script(
    always("pushflatpakscript/push_flatpak_task_schema.json"),
    of_payload=(
        Demand(
            "`channel` is mock, beta or stable.",
            "pushflatpakscript/task.py: get_flatpak_channel",
            _channel_is_one_of("mock", "beta", "stable"),
        ),
        Demand(
            "A scope names the channel, unless that is mock.",
            "pushflatpakscript/task.py: get_flatpak_channel",
            _channel_is_held(":flathub:"),
        ),
        Demand(
            "At most one scope names an app besides the channel.",
            "pushflatpakscript/task.py: get_flatpak_app",
            _one_app_is_pushed,
        ),
        Demand(
            "One upstream artifact is the bundle.",
            "pushflatpakscript/artifacts.py: get_flatpak_file_path",
            _one_bundle_is_pushed,
        ),
    ),
    publishes=True,
)

PUSHMSIX = Script(
    always("pushmsixscript/push_msix_task_schema.json"),
    of_payload=(
        Demand(
            "`channel` is mock, beta, release or esr.",
            "pushmsixscript/task.py: get_msix_channel",
            _channel_is_one_of("mock", "beta", "release", "esr"),
        ),
        Demand(
            "A scope names the channel, unless that is mock.",
            "pushmsixscript/task.py: get_msix_channel",
            _channel_is_held(":microsoftstore:"),
        ),
        Demand(
            "One of the upstream artifacts is a package for the store.",
            "pushmsixscript/artifacts.py: get_msix_file_paths",
            _a_package_for_the_store_is_there,
        ),
    ),
    publishes=True,
)
