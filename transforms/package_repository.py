"""Takes tasks that uploaded packages, imports the packages into a package repository."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each
from transforms._attributes import needed


def add_sources(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The path of each package in the bucket from which it is imported."""
    sources = [
        source
        for upstream in task.upstream.values()
        for source in needed(upstream.attributes, "uploaded_packages", upstream.label)
    ]
    return task.with_worker(gcs_sources=sources)


transforms = (each(add_sources),)
