"""Takes a folder with a Dockerfile, gives the task that builds the image for other tasks.

```yaml
# kinds/build/docker-image.yml: the kind must have this name
transforms: [relpro.stock.docker_image, relpro.stock.cached_tasks]
tasks:
  builder:
    image:
      digest: "{builder-digest}"            # of the folder's content: see `context_digest`
      context: docker/builder               # the folder; default: docker/<name>
      parent: base                          # another image of this kind
      args: {VERSION: "12"}                 # build arguments
    worker: {docker-image: {indexed: ...}, max-run-time: 3600}
```

The worker gets `IMAGE_NAME`, `CONTEXT_PATH`, `DOCKER_BUILD_ARGS` (JSON), with a parent also
`PARENT_TASK_ID`, and publishes `public/image.tar.zst`, which docker-worker loads for tasks that say
`docker-image: {in-tree: builder}`. The digest, the arguments, and the parent decide whether an
image that exists is used again. Transforms do not read files: the project computes the digest.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.stock.workers.docker_worker import IMAGE_ARTIFACT
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import text

IMAGE = Section(
    "image",
    {
        Required("digest"): text,
        Optional("context"): text,
        Optional("parent"): text,
        Optional("args"): {str: text},
    },
)

#: The kind that docker-worker's `in-tree` images belong to.
KIND = "docker-image"

#: The type of cache that images are kept in; counts up when images are built another way.
CACHE_TYPE = "docker-images.v2"


def docker_image(_ctx: Context, description: TaskDescription) -> TaskDescription:
    """The description of the image builder, with the section that caches its image."""
    section = description.sections.get("image")
    if section is None:
        return description
    if description.kind != KIND:
        what = f"images are built in kind `{description.kind}`"
        raise Refusal(what, f"call it `{KIND}`", ("image",))
    if not section["digest"]:
        what = "the digest is empty: a change of the image would go unnoticed"
        raise Refusal(what, "give the digest of its folder", ("image", "digest"))
    args = json.dumps(section.get("args", {}), sort_keys=True)
    parent = section.get("parent")
    cache = {
        "type": CACHE_TYPE,
        "name": description.name,
        "digest-data": [section["digest"], args],
    }
    built = {"name": IMAGE_ARTIFACT, "path": "/workspace/out/image.tar.zst", "type": "file"}
    edges = {} if parent is None else {"parent": f"{KIND}-{parent}"}
    described = description.with_worker(
        chain_of_trust=True,
        env={**description.worker.get("env", {}), **_env(description.name, section, args)},
        artifacts=[*description.worker.get("artifacts", ()), built],
    )
    return described.replace(
        dependencies={**described.dependencies, **edges},
        sections={**described.sections, "cache": cache},
    ).with_attributes(image_name=description.name)


def _env(name: str, section: Mapping[str, Any], args: str) -> Mapping[str, Any]:
    env = {
        "IMAGE_NAME": name,
        "CONTEXT_PATH": section.get("context", f"docker/{name}"),
        "DOCKER_BUILD_ARGS": args,
    }
    if "parent" not in section:
        return env
    return {**env, "PARENT_TASK_ID": {"task-reference": "<parent>"}}


def context_digest(files: Iterable[tuple[str, int, bytes]]) -> str:
    """SHA-256, in hex, of a folder given as (path, mode, content), in any order.

    Of the mode only the owner's right to execute counts: the rest differs between checkouts.
    """
    digest = hashlib.sha256()
    for path, mode, content in sorted(files):
        kind = "100755" if mode & 0o100 else "100644"
        line = f"{kind} {hashlib.sha256(content).hexdigest()} {path}\0"
        digest.update(line.encode())
    return digest.hexdigest()


transforms = (each(docker_image, IMAGE),)
