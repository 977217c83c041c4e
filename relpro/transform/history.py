"""Takes the release history, gives the releases from which partial updates start."""

from collections.abc import Iterator, Mapping
from typing import Any

#: Platform -> locale -> file -> the release from which a partial update starts.
History = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]]


def origins(history: History) -> Iterator[tuple[str, str, str, str]]:
    """(platform, locale, version, build number) of the starting point of every partial update."""
    for platform, locales in history.items():
        for locale, partials in locales.items():
            for partial in partials.values():
                build = str(partial.get("previousBuildNumber", ""))
                yield platform, locale, str(partial.get("previousVersion", "")), build


def updated_from(history: History) -> tuple[tuple[str, str], ...]:
    """(version, build number) of each release from which there is a partial update, sorted."""
    return tuple(sorted({(version, build) for *_, version, build in origins(history) if version}))
