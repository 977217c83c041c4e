"""Takes a task with several upstream tasks of a kind, gives their files to its script.

Used for repackages of a chunk of locales, or packages of all platforms for a store.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import Task, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import text

#: `paths` in each upstream task, in which `{}` stands for the folder of its locale, or all files
#: with one `ending`; the `type` of the task in Chain of Trust; `formats`, if they are signed.
UPSTREAM_FILES = Section(
    "upstream-files",
    {
        Optional("paths"): [text],
        Optional("ending"): text,
        Required("type"): text,
        Optional("formats"): [text],
    },
    required=True,
)


_PLACE = ("upstream-files",)


def add_files(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """One upstream artifact for each edge; the task gets all locales of its edges.

    A task that has a locale keeps it. Raises `Refusal` if the section names no files.
    """
    section = task.sections["upstream-files"]
    if ("paths" in section) == ("ending" in section):
        raise Refusal("nothing says which files", "name either `paths` or their `ending`", _PLACE)
    formats = {"formats": section["formats"]} if "formats" in section else {}
    items = [
        {"task": edge, "type": section["type"], "paths": _paths(section, upstream), **formats}
        for edge, upstream in task.upstream.items()
    ]
    locales = [one.attributes.get("locale") for one in task.upstream.values()]
    made = task.with_worker(upstream_artifacts=items)
    if task.attributes.get("locale") or not all(locales):
        return made
    return made.with_attributes(chunk_locales=locales)


def _paths(section: Mapping[str, Any], upstream: Task) -> Sequence[str]:
    if "ending" in section:
        return [name for name in upstream.artifacts if name.endswith(section["ending"])]
    locale = upstream.attributes.get("locale")
    return [path.replace("{}", f"{locale}/" if locale else "") for path in section["paths"]]


transforms = (each(add_files, UPSTREAM_FILES),)
