"""Takes a task body, gives what the scripts that hand packages to stores and builders refuse."""

from collections.abc import Iterator

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import (
    SERVERS,
    Body,
    Rule,
    Script,
    always,
    exactly_one,
    scopes_with,
    upstream_paths,
    values,
)


def _packages_are_of_one_format(body: Body) -> Iterator[str]:
    """A task publishes apk files or aab files, not both. Source: pushapkscript."""
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
    """A rule: a scope with `marker` names the channel, unless that is `mock`.

    The channel is the last part of the scope, or the one before the id of an app.
    """

    def rule(body: Body) -> Iterator[str]:
        channel = body["payload"].get("channel")
        held = [value.split(":")[-2:] for value in values(body, marker)]
        if channel not in (None, "mock") and not any(channel in parts for parts in held):
            yield f"scope `...{marker}{channel}` is missing"

    return rule


def _one_app_is_pushed(body: Body) -> Iterator[str]:
    """At most one scope names an app besides the channel. Source: pushflatpakscript."""
    parts = [value.split(":") for value in values(body, ":flathub:")]
    apps = [part[-1] for part in parts if part[-2:-1] == [body["payload"].get("channel")]]
    if len(apps) > 1:
        yield f"scopes name more than one app: {listed(apps)}"


def _one_site_is_named(body: Body) -> Iterator[str]:
    """One scope names the server of the add-on site. Source: addonscript."""
    held = [(site, name) for site, name in scopes_with(body, ":server:") if ":addons." in site]
    if len(held) != 1 or held[0][1] not in SERVERS:
        names = listed(name for _, name in held) or "none"
        yield f"one scope for the add-on server {listed(SERVERS)} is needed, found {names}"


def _workflows_are_held(body: Body) -> Iterator[str]:
    """At least one scope names a workflow. Source: bitrisescript."""
    if not values(body, ":bitrise:workflow:"):
        yield "at least one scope `...:bitrise:workflow:<name>` is needed"


ADDONS = Script(always("addonscript/addonscript_task_schema.json"), (_one_site_is_named,))

BITRISE = Script(
    always("bitrisescript/bitrisescript_task_schema.json"),
    (exactly_one(":bitrise:app:"), _workflows_are_held),
)

PUSHAPK = Script(
    always("pushapkscript/pushapk_task_schema.json"),
    (exactly_one(":googleplay:product:"),),
    (_packages_are_of_one_format,),
)

PUSHFLATPAK = Script(
    always("pushflatpakscript/push_flatpak_task_schema.json"),
    payload_rules=(
        _channel_is_one_of("mock", "beta", "stable"),
        _channel_is_held(":flathub:"),
        _one_app_is_pushed,
    ),
)

PUSHMSIX = Script(
    always("pushmsixscript/push_msix_task_schema.json"),
    payload_rules=(
        _channel_is_one_of("mock", "beta", "release", "esr"),
        _channel_is_held(":microsoftstore:"),
    ),
)
