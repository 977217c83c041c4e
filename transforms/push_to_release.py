"""Which partner builds are copied to the releases folder."""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import each


def add_partners(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The published partner builds, if this release makes any."""
    partners = released_partners(ctx, task)
    return task.with_worker(partners=partners) if partners else task


def released_partners(ctx: Context, task: TaskDescription) -> list[str]:
    """`partner/sub-partner` of each partner build of this release on the download site, sorted."""
    if task.attributes["shipping_product"] != "firefox":
        return []
    if not ctx.parameters["release_enable_partner_repack"]:
        return []
    return sorted(published(ctx.parameters["release_partner_config"]))


def published(config: Mapping[str, Any]) -> Iterator[str]:
    """`partner/sub-partner` for each repack that its partner wants on the download site."""
    for partner, subs in config.get("release-partner-repack", {}).items():
        for sub, sub_config in subs.items():
            if sub_config.get("publish_to_releases") in {True, "true"}:
                yield f"{partner}/{sub}"


transforms = (each(add_partners),)
