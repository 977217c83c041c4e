"""Takes the products of a download service, gives the entries that a release adds there.

```yaml
transforms: [relpro.stock.bouncer]
tasks:
  submission:
    bouncer:
      products: downloads.yml            # a file of kinds/data/: see relpro.stock.download_entries
      changesets: '{l10n-changesets}'    # {de: {platforms: [linux64, ...]}, ...}
    worker: {action: submission, server: production}
```

`worker` gets `submission-entries` and `locales`: those of the release, and en-US. An entry contains
the platforms with at least one released locale; an entry without platforms is omitted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Template
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.stock.download_entries import SUBMISSION
from relpro.stock.grouping import SOURCE_LOCALE
from relpro.stock.locales import released_platforms
from relpro.transform.context import Context
from relpro.transform.history import updated_from
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text
from relpro.values.patterns import Pattern

BOUNCER = Section(
    "bouncer",
    {
        Required("products"): text,
        Optional("changesets"): {str: {Required("platforms"): [text], str: object}},
    },
)


def add_entries(ctx: Context, task: TaskDescription) -> TaskDescription:
    """Adds an entry for every product; for partial updates, one for each earlier version."""
    section = task.sections.get("bouncer")
    if section is None:
        return task
    manifest = ctx.data(section["products"], task, SUBMISSION)
    platforms = manifest["platforms"]
    released = {
        locale
        for locale, said in section.get("changesets", {}).items()
        if not platforms.keys().isdisjoint(said["platforms"])
    }
    locales = sorted({SOURCE_LOCALE, *released})
    return task.with_worker(locales=locales, submission_entries=entries_of(ctx, task))


def entries_of(ctx: Context, task: TaskDescription) -> dict[str, dict[str, object]]:
    """Name -> entry, for every product of a task with the section `bouncer`."""
    section = task.sections["bouncer"]
    manifest = ctx.data(section["products"], task, SUBMISSION)
    platforms = released_platforms(section.get("changesets", {}), manifest["platforms"])
    sites = [manifest["platforms"][name] for name in platforms]
    return {
        name: entry
        for product in manifest["products"]
        for previous in _versions(ctx, manifest["entries"][product]["name"])
        for name, entry in _entries(manifest, product, sites, previous)
    }


def _versions(ctx: Context, name: str) -> list[str]:
    """The earlier versions for which an entry with this name is made; one empty text for others."""
    if "${previous}" not in name:
        return [""]
    return [version for version, _ in updated_from(ctx.parameters["release_history"])]


def _entries(
    manifest: Mapping[str, Any], product: str, sites: Sequence[Mapping[str, str]], previous: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, entry); nothing if the release has no platform of the product."""
    said = manifest["entries"][product]
    if paths := paths_of(said, manifest["folder"], sites, previous=previous):
        options = {
            "add-locales": said.get("add-locales", True),
            "ssl-only": said.get("ssl-only", False),
        }
        name = Template(said["name"]).substitute(previous=previous)
        yield name, {"options": options, "paths-per-bouncer-platform": paths}


def paths_of(
    said: Mapping[str, Any], folder: str, sites: Iterable[Mapping[str, str]], **words: str
) -> dict[str, str]:
    """For each site, the service's name of a platform -> the file of an entry, below a folder.

    `sites` are `platforms` of the data file; a platform that matches no pattern of the entry has no
    file. `words` are inserted into the path, besides the folder of the platform.
    """
    return {
        site["called"]: f"{folder}/{Template(path).substitute(words, platform=site['folder'])}"
        for site in sites
        for pattern, path in said["paths"].items()
        if Pattern.of(pattern).fullmatch(site["called"])
    }


transforms = (each(add_entries, BOUNCER),)
