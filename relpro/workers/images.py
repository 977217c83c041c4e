"""Takes a task, gives the part of its statement about its image.

The image is not used here, but it is fetched so that the chain is complete: the digest is that of
the image task's artifact. Source: docker-worker, chain of trust.
"""

import hashlib
from collections.abc import Mapping

from relpro.workers.claims import Claim


def environment(claim: Claim) -> Mapping[str, str]:
    """`imageArtifactHash` of an image made by another task. Raises `RelproError` (Q706)."""
    image = claim.task["payload"].get("image")
    if not isinstance(image, Mapping) or image["type"] != "task-image":
        return {}
    content = claim.queue.artifact(image["taskId"], image["path"])
    return {"imageArtifactHash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
