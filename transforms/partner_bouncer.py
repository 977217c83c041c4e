"""Takes the partners with builds on the download site, gives their entries in its service."""

from collections.abc import Iterator, Mapping
from string import Template
from typing import Any

from voluptuous import Required

from relpro.model.task import Skipped, TaskDescription
from relpro.stock.bouncer import BOUNCER, paths_of
from relpro.stock.download_entries import PLATFORMS, entries_schema, unclear, with_blanks
from relpro.transform.context import Context
from relpro.transform.data_file import DataFile
from relpro.transform.step import each
from transforms._partners import partners_of, published

#: The entries of each partner build on the download site.
PARTNERS = DataFile(
    {
        Required("folder"): with_blanks("partner", "sub"),
        Required("platforms"): PLATFORMS,
        Required("entries"): entries_schema("partner", "sub"),
    },
    unclear,
)


def add_entries(ctx: Context, task: TaskDescription) -> TaskDescription | Skipped:
    """The entries of every published build; a task without any is skipped."""
    manifest = ctx.data(task.sections["bouncer"]["products"], task, PARTNERS)
    partners = partners_of(ctx.parameters, "release-partner-repack")
    found = tuple(published(partners, ctx.parameters["release_partners"]))
    if not found:
        return Skipped(task.name, "no partner has builds on the download site")
    entries = {name: entry for one in found for name, entry in _entries(manifest, *one)}
    locales = sorted({locale for _, _, settings in found for locale in settings["locales"]})
    return task.with_worker(locales=locales, submission_entries=entries)


def _entries(
    manifest: Mapping[str, Any], partner: str, sub_partner: str, settings: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, entry) of each product for which the build has a platform."""
    words = {"partner": partner, "sub": sub_partner}
    folder = Template(manifest["folder"]).substitute(words)
    platforms = (platform.removesuffix("-shippable") for platform in settings["platforms"])
    sites = [manifest["platforms"][platform] for platform in platforms]
    for said in manifest["entries"].values():
        if paths := paths_of(said, folder, sites, **words):
            # Partners have different locales, so the service cannot add its own.
            options = {"add-locales": False, "ssl-only": said.get("ssl-only", False)}
            name = Template(said["name"]).substitute(words)
            yield name, {"options": options, "paths-per-bouncer-platform": paths}


transforms = (each(add_entries, BOUNCER),)
