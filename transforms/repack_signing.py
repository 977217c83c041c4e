"""Sign the same files of every partner build of a chunk."""

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text
from transforms._attributes import needed

#: The files of each build to sign, their formats, and the `type` of the upstream task.
REPACK_SIGNING = Section(
    "repack-signing",
    {Required("files"): [text], Required("formats"): [text], Required("type"): text},
    required=True,
)


def add_upstream_artifacts(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The files of all builds, in their folders."""
    section = task.sections["repack-signing"]
    prefix = needed(task.attributes, "artifact_prefix", task.name)
    item = {
        "task": next(iter(task.upstream)),
        "type": section["type"],
        "paths": [
            f"{prefix}/{repack_id}/{file}"
            for repack_id in needed(task.attributes, "repack_ids", task.name)
            for file in section["files"]
        ],
        "formats": section["formats"],
    }
    return task.with_worker(upstream_artifacts=[item])


transforms = (each(add_upstream_artifacts, REPACK_SIGNING),)
