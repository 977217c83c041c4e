"""Give a script its options: what the YAML says, and one for each release people update from."""

from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.transform.template import as_key
from relpro.values import text
from transforms._releases import updated_from

#: `give`: option -> value, list of values (the option is repeated), `true` (it takes no value), or
#: null, false or empty (it is not given). `for-each-partial`: an option that is repeated with each
#: version that gets a partial update.
OPTIONS = Section(
    "options",
    {
        Required("command"): [text],
        Optional("give"): {str: object},
        Optional("for-each-partial"): text,
    },
)


def add_command(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The command of the worker, with its options in the order of writing."""
    section = task.sections.get("options")
    if section is None:
        return task
    given = dict(section.get("give", {}))
    if "for-each-partial" in section:
        versions = [version for version, _ in updated_from(ctx.parameters["release_history"])]
        given[section["for-each-partial"]] = versions
    return task.with_worker(command=[*section["command"], *_options(given)])


def _options(given: Mapping[str, Any]) -> Iterator[str]:
    for name, value in given.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if one is True:
                yield f"--{name}"
            elif one is not None and one is not False and one != "":
                yield f"--{name}={as_key(one)}"


transforms = (each(add_command, OPTIONS),)
