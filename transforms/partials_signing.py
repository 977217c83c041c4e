"""Sign every partial update that the upstream task makes."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each


def add_upstream_artifacts(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """One entry with all partial updates of the upstream task."""
    paths = [name for name in task.upstream["partials"].artifacts if name.endswith(".partial.mar")]
    entry = {
        "task": "partials",
        "type": "partials",
        "paths": paths,
        "formats": ["gcp_prod_autograph_hash_only_mar384"],
    }
    return task.with_worker(upstream_artifacts=[entry])


transforms = (each(add_upstream_artifacts),)
