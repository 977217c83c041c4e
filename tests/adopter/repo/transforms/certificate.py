"""Gives each signing task the certificate of its level."""

from relpro import Context, TaskDescription, each


def choose_certificate(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task with the certificate that its release level signs with."""
    production = ctx.release_level == "production"
    return task.with_worker(signing_type="release-signing" if production else "dep-signing")


transforms = (each(choose_certificate),)
