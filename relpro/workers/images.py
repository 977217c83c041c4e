"""Takes a task, gives what its statement says of the image in which it is to run.

No image is used here, but the task's image is fetched, so that a chain with one is whole: the
digest is that of what the image task published. Source: docker-worker, chain of trust.
"""

import hashlib
from collections.abc import Mapping

from relpro.workers.claims import Claim


def environment(claim: Claim) -> Mapping[str, str]:
    """`imageArtifactHash` of an image that another task made. Raises `RelproError` (Q706)."""
    image = claim.task["payload"].get("image")
    if not isinstance(image, Mapping) or image["type"] != "task-image":
        return {}
    content = claim.queue.artifact(image["taskId"], image["path"])
    return {"imageArtifactHash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
