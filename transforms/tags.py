"""Name a tag of the source tree like release engineering: `FIREFOX_92_0_1_BUILD1`.

The product is in capitals, and dots in the version become underscores:
`DEVEDITION_153_0b3_RELEASE`, `FIREFOX_140_13_0esr_RELEASE`. Later releases fetch files by these
names. Source: gecko_taskgraph/transforms/task.py (treescript), and update-verify-config-creator.py,
which reads them.
"""

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import OneOf, text

#: `product` and `version` of the tag; `as`: the step of the release; `revision` to tag;
#: `hg-repository`: the Mercurial repository with the git revision that Lando tags.
TAG = Section(
    "tag",
    {
        Required("product"): text,
        Required("version"): text,
        Required("as"): text,
        Required("revision"): text,
        Optional("hg-repository"): OneOf(None, text),
    },
    required=True,
)


def add_tag(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The tag, on the revision of the release."""
    said = task.sections["tag"]
    tag = f"{said['product'].upper()}_{said['version'].replace('.', '_')}_{said['as'].upper()}"
    info = {"tags": [tag], "revision": said["revision"]}
    if task.worker_type == "lando" and said.get("hg-repository"):
        info["hg-repo-url"] = said["hg-repository"]
    return task.with_worker(tag_info=info)


transforms = (each(add_tag, TAG),)
