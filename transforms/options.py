"""Give a script its options: constant ones, and one for each release from which people update."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.history import updated_from
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.transform.template import as_key
from relpro.values import text
from transforms._run import run_of, words_of

#: `give`: option -> value, list of values (the option is repeated), `true` (no value), or null,
#: false or empty (the option is omitted). An option that ends in `=` and its value are one word.
OPTIONS = Section("options", {Required("give"): {str: object}, Optional("for-each-partial"): text})


def add_options(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The mach command in the section `run`, with its options in their order."""
    section = task.sections.get("options")
    if section is None:
        return task
    given = dict(section["give"])
    if "for-each-partial" in section:
        versions = [version for version, _ in updated_from(ctx.parameters["release_history"])]
        given[section["for-each-partial"]] = versions
    run = {**run_of(task), "mach": [*words_of(task, "mach"), *_words(given)]}
    return attrs.evolve(task, sections={**task.sections, "run": run})


def _words(given: Mapping[str, Any]) -> Iterator[str]:
    for name, value in given.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if one is True:
                yield f"--{name}"
            elif one is None or one is False or one == "":
                continue
            elif name.endswith("="):
                yield f"--{name}{as_key(one)}"
            else:
                yield from (f"--{name}", as_key(one))


transforms = (each(add_options, OPTIONS),)
