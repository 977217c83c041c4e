"""Upload attributed installers: public ones to candidates, the others to a private bucket."""

from voluptuous import Required

from relpro.model.task import Skipped, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import text
from transforms._attributes import needed

#: `folder`: the destination; `{}` stands for the campaign.
UPLOAD = Section("attribution-upload", {Required("folder"): text}, required=True)


def add_uploads(_ctx: Context, task: TaskDescription) -> TaskDescription | Skipped:
    """One upstream artifact for each installer that belongs in the bucket of the task."""
    if len(task.upstream) != 1:
        what = "its files are those of one task that attributes"
        raise Refusal(what, "let `from-deps` make a task for each")
    ((edge, upstream),) = task.upstream.items()
    public = needed(task.attributes, "partner_public", task.name)
    folder = task.sections["attribution-upload"]["folder"]
    items = [
        {
            "task": edge,
            "type": "build",
            "paths": [artifact],
            "locale": f"{folder.replace('{}', said['partner'])}/{said['build']}",
        }
        for artifact, said in needed(upstream.attributes, "attributed", upstream.label).items()
        if said["public"] is public
    ]
    if not items:
        return Skipped(task.name, f"no attribution is {'public' if public else 'private'}")
    return task.with_worker(upstream_artifacts=items)


transforms = (each(add_uploads, UPLOAD),)
