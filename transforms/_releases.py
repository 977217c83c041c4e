"""What payloads of several release workers have in common."""

from collections.abc import Mapping
from typing import Any

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.history import History, origins

#: Desktop platforms as the changesets list them.
PLATFORMS = (
    "linux",
    "linux64",
    "linux64-aarch64",
    "macosx64",
    "win32",
    "win64",
    "win64-aarch64",
)

#: Products whose application is called Firefox, whatever the product is called.
_APP_NAMES = {"firefox": "Firefox", "devedition": "Firefox", "firefox-android": "Fenix"}


def release_properties(ctx: Context, task: TaskDescription) -> dict[str, Any]:
    """What beetmover writes into its manifest about the build."""
    parameters = ctx.parameters
    platform = task.attributes.get("build_platform")
    return {
        "app-name": _APP_NAMES[task.attributes["shipping_product"]],
        "app-version": parameters["app_version"],
        "branch": parameters.project,
        "build-id": parameters["moz_build_date"],
        "hash-type": "sha512",
        "platform": str(platform or "release").removesuffix("-shippable"),
    }


def updated_from(history: History) -> tuple[tuple[str, str], ...]:
    """(version, build number) of each release that the history has an update from, sorted."""
    return tuple(sorted({(version, build) for *_, version, build in origins(history) if version}))


def released_platforms(ctx: Context, product: str) -> tuple[str, ...]:
    """The platforms for which some locale is released, in a fixed order."""
    suffix = "-devedition" if product == "devedition" else ""
    changesets: Mapping[str, Any] = ctx.parameters["l10n_changesets"]
    listed = {name for locale in changesets.values() for name in locale["platforms"]}
    return tuple(name for name in PLATFORMS if f"{name}{suffix}" in listed)


def with_release(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The keys that every upload to candidates has."""
    return task.with_worker(
        release_properties=release_properties(ctx, task),
        upload_date=ctx.parameters["build_date"],
        version=ctx.parameters.version,
        build_number=ctx.parameters["build_number"],
        **({"next_version": v} if (v := ctx.parameters["next_version"]) else {}),
    )
