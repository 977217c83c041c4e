"""Takes tasks that uploaded packages, enters what they uploaded into a repository of packages."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each


def add_sources(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """Where each package lies in the bucket: they are imported from there."""
    sources = [
        source
        for upstream in task.upstream.values()
        for source in upstream.attributes["uploaded_packages"]
    ]
    return task.with_worker(gcs_sources=sources)


transforms = (each(add_sources),)
