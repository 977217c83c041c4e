"""Takes a letter, gives it signed: a transform with a key of its own."""

from relpro import Context, Section, TaskDescription, each

SIGNATURE = Section("signature", str)


def signed(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task with the signature under its description."""
    return task.replace(description=f"{task.description}, by {task.sections['signature']}")


transforms = (each(signed, SIGNATURE),)
