"""Name a tag of the source tree as release engineering does: `FIREFOX_92_0_1_BUILD1`."""

import re

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

#: `of`: what is tagged, in words.
TAG = Section("tag", {Required("of"): text}, required=True)


def add_tag(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The tag, in capitals and without dots, on the revision of the release."""
    parameters = ctx.parameters
    tag = re.sub(r"\W", "_", task.sections["tag"]["of"]).upper()
    info = {"tags": [tag], "revision": parameters["head_rev"]}
    if task.worker_type == "lando" and parameters["repository_type"] == "hg":
        info["hg-repo-url"] = parameters["head_repository"]
    return task.with_worker(tag_info=info)


transforms = (each(add_tag, TAG),)
