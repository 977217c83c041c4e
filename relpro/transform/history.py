"""Takes the release history, gives what its partial updates start from."""

from collections.abc import Iterator, Mapping
from typing import Any

#: Platform -> locale -> file -> where a partial update starts from.
History = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]]


def origins(history: History) -> Iterator[tuple[str, str, str, str]]:
    """(platform, locale, version, build) of everything that partial updates start from."""
    for platform, locales in history.items():
        for locale, partials in locales.items():
            for partial in partials.values():
                build = str(partial.get("previousBuildNumber", ""))
                yield platform, locale, str(partial.get("previousVersion", "")), build


def updated_from(history: History) -> tuple[tuple[str, str], ...]:
    """(version, build number) of each release that the history has an update from, sorted."""
    return tuple(sorted({(version, build) for *_, version, build in origins(history) if version}))
