"""Fetch the tools of a task, from several lists for different purposes."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

#: Purpose -> names or aliases of toolchains.
TOOLS = Section("tools", {str: [text]})


def add_tools(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task with fetches of the toolchains of all lists, without duplicates, in order."""
    lists = task.sections.get("tools")
    if lists is None:
        return task
    fetches = task.sections.get("fetches", {})
    names = (name for some in (*lists.values(), fetches.get("toolchain", ())) for name in some)
    tools = list(dict.fromkeys(names))
    fetches = {**fetches, "toolchain": tools}
    return task.replace(sections={**task.sections, "fetches": fetches})


transforms = (each(add_tools, TOOLS),)
