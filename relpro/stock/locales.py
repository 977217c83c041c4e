"""Takes an entry, gives tasks that each repack a few of a platform's locales.

```yaml
transforms: [relpro.stock.from_deps, relpro.stock.locales]
tasks:
  l10n:
    locales:
      changesets: "{l10n-changesets}"     # {de: {platforms: [linux64, ...], revision: ...}, ...}
      platform: linux64                   # its name in the changesets
      per-task: 5
      ignore: [xx]                        # locales to leave out
      only: [de, fr]                      # only these locales
```

The sorted locales are split as `relpro.stock.chunk` does. Attributes: `chunk_locales` (a list)
and `l10n_chunk` (text, from `1`). Variables: `this-chunk`, `total-chunks`, and `locale-revisions`
(locale -> revision, for the chunk's locales). `-<chunk>` is added to the name, before a slash. A
platform without locales makes no task.

On macOS, Japanese is the locale `ja-JP-mac`, elsewhere `ja`. All selections of locales use `fits`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.label import chunk_number, of_chunk
from relpro.model.task import Draft, Skipped
from relpro.stock.candidates import check_names
from relpro.stock.chunk import split, whole_from_one
from relpro.stock.grouping import SOURCE_LOCALE
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import expand
from relpro.values import text, whole_number

#: The schema of changesets.
LISTED: Mapping[Any, Any] = {str: {Optional("platforms"): [text], str: object}}

LOCALES = Section(
    "locales",
    {
        Required("changesets"): LISTED,
        Required("platform"): text,
        Required("per-task"): whole_number,
        Optional("ignore"): [text],
        Optional("only"): [text],
    },
)

#: Locale -> `{"platforms": [...], "revision": "..."}`.
Changesets = Mapping[str, Mapping[str, Any]]


def released_platforms(changesets: Changesets, platforms: Iterable[str]) -> tuple[str, ...]:
    """Those platforms for which at least one locale is released, in their order."""
    listed = {name for locale in changesets.values() for name in locale["platforms"]}
    return tuple(name for name in platforms if name in listed)


def locales(ctx: Context, draft: Draft) -> Iterator[Draft | Skipped]:
    """A draft for each chunk of the platform's locales."""
    section = ctx.section(draft, LOCALES)
    if section is None:
        yield draft
        return
    platform = section["platform"]
    per_task = whole_from_one(section, "per-task", ("locales",))
    changesets: Changesets = section["changesets"]
    for key in ("ignore", "only"):
        check_names(
            "a locale of the changesets", section.get(key, ()), changesets, ("locales", key)
        )
    chosen = _chosen(locales_of(changesets, platform), section)
    if not chosen:
        yield Skipped(draft.name, f"no locale for `{platform}`")
        return
    chunks = split(chosen, per_task)
    for number, chunk in enumerate(chunks, start=1):
        revisions = {locale: changesets[locale].get("revision") for locale in chunk}
        yield (
            draft.replace(name=of_chunk(draft.name, number))
            .with_attributes(chunk_locales=list(chunk), l10n_chunk=chunk_number(number))
            .with_variables(this_chunk=number, total_chunks=len(chunks), locale_revisions=revisions)
        )


def _chosen(every: Collection[str], section: Mapping[str, Any]) -> tuple[str, ...]:
    ignored, only = section.get("ignore", ()), section.get("only", every)
    return tuple(locale for locale in every if locale in only and locale not in ignored)


def locales_of(changesets: Changesets, platform: str) -> tuple[str, ...]:
    """The sorted locales that the changesets list for a platform, and that exist on it."""
    return tuple(
        locale
        for locale in sorted(changesets)
        if platform in changesets[locale].get("platforms", ()) and fits(locale, platform)
    )


def folder_of(locale: str) -> str:
    """The folder of a locale's files, with a slash; en-US has none."""
    return "" if locale == SOURCE_LOCALE else f"{locale}/"


def fits(locale: str, platform: str) -> bool:
    """Whether a locale exists on a platform: Japanese has a code of its own on macOS."""
    if locale == "ja":
        return not _is_mac(platform)
    return locale != "ja-JP-mac" or _is_mac(platform)


def _is_mac(platform: str) -> bool:
    return platform.startswith(("mac", "osx"))


transforms = (expand(locales, LOCALES),)
