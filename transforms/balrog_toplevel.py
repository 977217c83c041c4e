"""What the update server is told of a release as a whole: platforms, and what can be updated."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each
from transforms._releases import released_platforms, updated_from


def add_release(ctx: Context, task: TaskDescription) -> TaskDescription:
    """Platforms with locales, and the versions that get partial updates (`92.0build3`)."""
    history = ctx.parameters["release_history"]
    return task.with_worker(
        platforms=list(released_platforms(ctx, task.attributes["shipping_product"])),
        partial_versions=", ".join(f"{version}build{n}" for version, n in updated_from(history)),
        complete_mar_filename_pattern="%s-%s.complete.mar",
        complete_mar_bouncer_product_pattern="%s-%s-complete",
    )


transforms = (each(add_release),)
