"""Sign the same files of every locale of a chunk."""

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text
from transforms._attributes import needed

#: The files of each locale to sign; `{}` in a path stands for the locale.
L10N_SIGNING = Section(
    "l10n-signing",
    [{Required("paths"): [text], Required("formats"): [text], Optional("type"): text}],
    required=True,
)


def add_upstream_artifacts(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """One upstream artifact entry for each locale and set of formats."""
    upstream = next(iter(task.upstream))
    return task.with_worker(
        upstream_artifacts=[
            {
                "task": upstream,
                "type": item.get("type", "l10n"),
                "paths": [f"public/build/{path.replace('{}', locale)}" for path in item["paths"]],
                "formats": item["formats"],
            }
            for locale in needed(task.attributes, "chunk_locales", task.name)
            for item in task.sections["l10n-signing"]
        ]
    )


transforms = (each(add_upstream_artifacts, L10N_SIGNING),)
