"""Names the earlier versions that the release history has: `1.0.0build1, 1.0.1build2`."""

from relpro import Section, TaskDescription
from relpro.transform.context import Context
from relpro.transform.history import origins
from relpro.transform.step import each

HISTORY = Section("history", dict, required=True)


def add_versions(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task of the update server with `partial-versions`."""
    known = {
        f"{version}build{number}" for _, _, version, number in origins(task.sections["history"])
    }
    return task.with_worker(**{"partial-versions": ", ".join(sorted(known))})


transforms = (each(add_versions, HISTORY),)
