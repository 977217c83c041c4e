"""Declare the download names that a task checks, and their files."""

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.stock.bouncer import BOUNCER, entries_of
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

#: `server`: the service with the names. `files`: the folder to which they lead, with its bucket.
CHECKED = Section(
    "bouncer-check", {Required("server"): text, Required("files"): text}, required=True
)


def read_names(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task with reads of every name that the release enters, and of their files."""
    section = task.sections["bouncer-check"]
    names = [f"{section['server']}/{name}" for name in entries_of(ctx, task)]
    return task.with_effects(reads={"download": names, "object": [section["files"]]})


transforms = (each(read_names, BOUNCER, CHECKED),)
