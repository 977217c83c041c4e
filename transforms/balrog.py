"""Submit a locale only after the release as a whole is submitted, and its startup test passed."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each
from transforms._attributes import needed


def after_toplevel(ctx: Context, task: TaskDescription) -> TaskDescription:
    """A soft dependency on the submission of the same product's release."""
    product = task.attributes.get("shipping_product")
    announcements = [
        upstream.label
        for upstream in ctx.upstream["release-balrog-submit-toplevel"]
        if upstream.product == product
    ]
    return task.replace(soft_dependencies=(*task.soft_dependencies, *announcements))


def after_startup_test(ctx: Context, task: TaskDescription) -> TaskDescription:
    """An edge to the startup test of the same platform, if there is one; also for locales."""
    platform = needed(task.attributes, "build_platform", task.name)
    tests = {
        upstream.kind: upstream.label
        for upstream in ctx.upstream["startup-test"]
        if upstream.attributes.get("build_platform") == platform
    }
    return task.replace(dependencies={**task.dependencies, **tests}) if tests else task


transforms = (each(after_toplevel), each(after_startup_test))
