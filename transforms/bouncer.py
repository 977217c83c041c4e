"""Takes the products of a download service, gives the entries that one release makes there."""

from collections.abc import Iterator, Mapping
from string import Template
from typing import Any

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text
from relpro.values.patterns import Pattern
from transforms._downloads import SUBMISSION
from transforms._releases import released_platforms, updated_from

#: `products`: a file of `kinds/data/`; `bouncer.yml` shows what is in it.
BOUNCER = Section("bouncer", {Required("products"): text}, required=True)

#: Platform -> (how the service calls it, its folder on the download site).
SITES = {
    "linux": ("linux", "linux-i686"),
    "linux64": ("linux64", "linux-x86_64"),
    "linux64-aarch64": ("linux64-aarch64", "linux-aarch64"),
    "macosx64": ("osx", "mac"),
    "win32": ("win", "win32"),
    "win64": ("win64", "win64"),
    "win64-aarch64": ("win64-aarch64", "win64-aarch64"),
}


def add_entries(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The entry of every product, of partial updates one for each version they come from."""
    return task.with_worker(locales=_locales(ctx, task), submission_entries=entries_of(ctx, task))


def entries_of(ctx: Context, task: TaskDescription) -> dict[str, dict[str, Any]]:
    """Name -> entry of every product of a task, which has the section `bouncer`."""
    manifest = ctx.data(task.sections["bouncer"]["products"], task, SUBMISSION)
    platforms = released_platforms(ctx, task.attributes["shipping_product"])
    return {
        name: entry
        for product in manifest["products"]
        for previous in _versions(ctx, manifest["entries"][product]["name"])
        for name, entry in _entries(manifest, product, platforms, previous)
    }


def _versions(ctx: Context, name: str) -> list[str]:
    """The versions for which an entry of this name is made; one without meaning for others."""
    if "${previous}" not in name:
        return [""]
    return [version for version, _ in updated_from(ctx.parameters["release_history"])]


def _entries(
    manifest: Mapping[str, Any], product: str, platforms: tuple[str, ...], previous: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, entry), unless the release has no platform that the product is made for."""
    said = manifest["entries"][product]
    paths = {}
    for platform in platforms:
        called, folder = SITES[platform]
        for pattern, path in said["paths"].items():
            if Pattern.of(pattern).fullmatch(called):
                file = Template(path).substitute(platform=folder, previous=previous)
                paths[called] = f"{manifest['folder']}/{file}"
    if paths:
        options = {
            "add-locales": said.get("add-locales", True),
            "ssl-only": said.get("ssl-only", False),
        }
        name = Template(said["name"]).substitute(previous=previous)
        yield name, {"options": options, "paths-per-bouncer-platform": paths}


def _locales(ctx: Context, task: TaskDescription) -> list[str]:
    """Every locale of the product on whatever platform."""
    devedition = task.attributes["shipping_product"] == "devedition"
    changesets = ctx.parameters["l10n_changesets"]
    released = {
        locale
        for locale, said in changesets.items()
        if any(name.endswith("-devedition") is devedition for name in said["platforms"])
    }
    return sorted({"en-US", *released})


transforms = (each(add_entries, BOUNCER),)
