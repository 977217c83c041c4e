"""Takes a task with several upstream tasks of a kind, gives their files to its script.

As of repackages of a chunk of locales, or packages of all platforms for a store.
"""

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

#: `paths` of each upstream task, in which `{}` stands for the folder of its locale; the `type` by
#: which Chain of Trust knows it; `formats` to sign them in, where they are signed.
UPSTREAM_FILES = Section(
    "upstream-files",
    {Required("paths"): [text], Required("type"): text, Optional("formats"): [text]},
    required=True,
)


def add_files(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """One upstream artifact for each edge; the task is of all locales that its edges are of."""
    section = task.sections["upstream-files"]
    formats = {"formats": section["formats"]} if "formats" in section else {}
    locales = [one.attributes.get("locale") for one in task.upstream.values()]
    items = [
        {
            "task": edge,
            "type": section["type"],
            "paths": _paths(section["paths"], locale),
            **formats,
        }
        for edge, locale in zip(task.upstream, locales, strict=True)
    ]
    made = task.with_worker(upstream_artifacts=items)
    return made.with_attributes(chunk_locales=locales) if all(locales) else made


def _paths(paths: list[str], locale: str | None) -> list[str]:
    folder = f"{locale}/" if locale else ""
    return [path.replace("{}", folder) for path in paths]


transforms = (each(add_files, UPSTREAM_FILES),)
