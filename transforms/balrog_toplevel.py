"""What the update server is told of a release as a whole: platforms, and what can be updated."""

from collections.abc import Mapping
from typing import Any

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import each

#: Platform as the changesets list it -> as the update server's tools call it.
_PLATFORMS = (
    "linux",
    "linux64",
    "linux64-aarch64",
    "macosx64",
    "win32",
    "win64",
    "win64-aarch64",
)


def add_release(ctx: Context, task: TaskDescription) -> TaskDescription:
    """Platforms with locales, the versions that get partial updates, what's-new pages, pins."""
    version = ctx.parameters.version
    return task.with_worker(
        platforms=released_platforms(ctx, task.attributes["shipping_product"]),
        partial_versions=", ".join(partial_versions(ctx.parameters["release_history"])),
        complete_mar_filename_pattern="%s-%s.complete.mar",
        complete_mar_bouncer_product_pattern="%s-%s-complete",
        update_line={
            "": {"for": {}, "fields": {"type": "minor", "detailsURL": _notes(version)}},
            "-No-WNP": {"for": {}, "fields": {"type": "minor", "detailsURL": _notes(version)}},
        },
    )


def released_platforms(ctx: Context, product: str) -> list[str]:
    """The platforms for which some locale is released, in a fixed order."""
    suffix = "-devedition" if product == "devedition" else ""
    changesets: Mapping[str, Any] = ctx.parameters["l10n_changesets"]
    listed = {name for locale in changesets.values() for name in locale["platforms"]}
    return [name for name in _PLATFORMS if f"{name}{suffix}" in listed]


def partial_versions(history: Mapping[str, Any]) -> list[str]:
    """`92.0build3` for each release that the history has an update from, sorted."""
    return sorted(
        {
            f"{build['previousVersion']}build{build['previousBuildNumber']}"
            for locales in history.values()
            for builds in locales.values()
            for build in builds.values()
            if "previousVersion" in build
        }
    )


def _notes(version: str) -> str:
    return f"https://www.mozilla.org/%LOCALE%/firefox/{version}/releasenotes/"


transforms = (each(add_release),)
