"""Select the partner builds that are copied to the releases folder."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each
from transforms._partners import partners_of, published


def add_partners(ctx: Context, task: TaskDescription) -> TaskDescription:
    """Adds the published partner builds, if this release makes any."""
    return task.with_worker(partners=released_partners(ctx, task))


def released_partners(ctx: Context, task: TaskDescription) -> list[str]:
    """`partner/sub-partner` of each partner build of this release on the download site, sorted."""
    if task.attributes.get("shipping_product") != "firefox":
        return []
    if not ctx.parameters["release_enable_partner_repack"]:
        return []
    partners = partners_of(ctx.parameters, "release-partner-repack")
    found = published(partners, ctx.parameters["release_partners"])
    return [f"{partner}/{name}" for partner, name, _ in found]


transforms = (each(add_partners),)
