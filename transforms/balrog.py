"""Submit a locale only after the release as a whole is announced."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each


def after_toplevel(ctx: Context, task: TaskDescription) -> TaskDescription:
    """A soft dependency on the announcement of the same product."""
    product = task.attributes["shipping_product"]
    announcements = [
        upstream.label
        for upstream in ctx.upstream["release-balrog-submit-toplevel"]
        if upstream.product == product
    ]
    return task.replace(soft_dependencies=(*task.soft_dependencies, *announcements))


transforms = (each(after_toplevel),)
