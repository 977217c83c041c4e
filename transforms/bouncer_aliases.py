"""Takes the names of downloads that bear no version, gives where they lead with this release."""

from collections.abc import Iterator, Mapping
from string import Template
from typing import Any

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each
from transforms._downloads import ALIASES
from transforms.bouncer import BOUNCER
from transforms.push_to_release import released_partners


def add_aliases(ctx: Context, task: TaskDescription) -> TaskDescription:
    """An alias for each product that the release has, and for its partners on the site."""
    manifest = ctx.data(task.sections["bouncer"]["products"], task, ALIASES)
    partners = released_partners(ctx, task)
    aliases = {**dict(_own(manifest)), **dict(_of_partners(manifest, partners))}
    return task.with_worker(aliases_entries=aliases)


def _own(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not manifest["alias-family"]:
        return
    for suffix, product in manifest["aliases"].items():
        if product in manifest["products"]:
            name = manifest["entries"][product]["name"]
            yield f"{manifest['alias-family']}-{suffix}", name


def _of_partners(manifest: Mapping[str, Any], partners: list[str]) -> Iterator[tuple[str, str]]:
    for partner in partners:
        for alias, name in manifest["partner-aliases"].items():
            called = partner.replace("/", "-")
            yield (
                Template(alias).substitute(partner=called),
                Template(name).substitute(partner=called),
            )


transforms = (each(add_aliases, BOUNCER),)
