"""What payloads of several release workers have in common."""

from collections.abc import Mapping
from typing import Any

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


def updated_from(history: History) -> tuple[tuple[str, str], ...]:
    """(version, build number) of each release that the history has an update from, sorted."""
    return tuple(sorted({(version, build) for *_, version, build in origins(history) if version}))


def released_platforms(ctx: Context, product: str) -> tuple[str, ...]:
    """The platforms for which some locale is released, in a fixed order."""
    suffix = "-devedition" if product == "devedition" else ""
    changesets: Mapping[str, Any] = ctx.parameters["l10n_changesets"]
    listed = {name for locale in changesets.values() for name in locale["platforms"]}
    return tuple(name for name in PLATFORMS if f"{name}{suffix}" in listed)
