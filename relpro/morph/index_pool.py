"""Takes the configuration, gives the settings of tasks that insert index paths of others."""

from relpro.model.config import GraphConfig
from relpro.morph.indexing import IndexTask
from relpro.stock.workers.pool import find_pool
from relpro.transform.scope import Release


def index_task(config: GraphConfig, release: Release) -> IndexTask | None:
    """The index task of the configuration's `index-task`, or None.

    Raises `RelproError` (T413) for an unknown worker alias.
    """
    said = config.index_task
    if said is None:
        return None
    pool = find_pool(said["worker-type"], config, release, config.origin)
    image = {"type": "indexed-image", "namespace": said["image"], "path": "public/image.tar.zst"}
    return IndexTask(
        pool.provisioner,
        pool.worker_type,
        image,
        tuple(said.get("command", ("insert-indexes.js",))),
        said.get("max-run-time", 600),
    )
