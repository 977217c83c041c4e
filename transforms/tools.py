"""Fetch the tools that a task needs, which several lists name, each for what it is needed."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

#: What they are for -> names or aliases of toolchains.
TOOLS = Section("tools", {str: [text]})


def add_tools(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task that fetches the toolchains of all lists, each once, in their order."""
    lists = task.sections.get("tools")
    if lists is None:
        return task
    fetches = task.sections.get("fetches", {})
    names = (name for some in (*lists.values(), fetches.get("toolchain", ())) for name in some)
    tools = list(dict.fromkeys(names))
    fetches = {**fetches, "toolchain": tools}
    return task.replace(sections={**task.sections, "fetches": fetches})


transforms = (each(add_tools, TOOLS),)
