"""Takes a folder with a Dockerfile, gives the task that builds the image for other tasks.

```yaml
# kinds/build/docker-image.yml: the kind must have this name
transforms: [relpro.stock.docker_image, relpro.stock.cached_tasks]
tasks:
  builder:
    image:
      context: docker/builder               # the folder; default: docker/<name>
      parent: base                          # another image of this kind
      args: {VERSION: "12"}                 # build arguments
    worker: {docker-image: {indexed: ...}, max-run-time: 3600}
```

The files of the folder are an input: `relpro plan` records them. In the Dockerfile, `# %include
PATH` adds a file or folder of the tree as `topsrcdir/PATH`, and `# %ARG NAME` replaces `$NAME` and
`${NAME}` in the lines below it, also in an include, by the argument of the task. `#
%include-run-task` puts run-task and fetch-content into `/usr/local/bin`. `relpro decision`
publishes the result as `public/docker-contexts/<name>.tar.gz`, whose bytes depend only on content,
modes and links.

The worker gets `CONTEXT_TASK_ID` and `CONTEXT_PATH` of that archive, its digest as `HASH`,
`IMAGE_NAME`, `DOCKER_BUILD_ARGS` (JSON), with a parent also `PARENT_TASK_ID`, and publishes
`public/image.tar.zst`, which docker-worker loads for tasks with `docker-image: {in-tree: builder}`.
Their variable `TASKCLUSTER_VOLUMES` lists the volumes that the Dockerfile declares by `VOLUME`. To
use an image that is not in `docker/<name>`, a kind needs `docker-image` in its `kind-dependencies`.
An existing image is reused if context, arguments and parent are the same. Attributes:
`docker_context` {folder, args}, `docker_volumes`.

An image whose folder is in another tree needs a `digest` of that folder, which the project
computes; `context` is the path at which the worker finds the folder, and `volumes` are those that
its Dockerfile declares.
"""

import json
from collections.abc import Mapping
from typing import Any

import attrs
from voluptuous import Optional

from relpro.graph.taskgraph import TaskGraph
from relpro.load.tree import Tree
from relpro.model.label import label_of
from relpro.model.task import TaskDescription
from relpro.stock.docker_context import DockerContext, read_context
from relpro.stock.workers.diagnose import demand_values
from relpro.stock.workers.docker_worker import IMAGE_ARTIFACT, IMAGES, VOLUMES
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import text

IMAGE = Section(
    "image",
    {
        Optional("digest"): text,
        Optional("context"): text,
        Optional("parent"): text,
        Optional("args"): {str: text},
        Optional("volumes"): [text],
    },
)

#: The cache type of images; increase its number when images are built in another way.
CACHE_TYPE = "docker-images.v2"

#: The attribute with the folder of the tree from which an image is built, and its arguments.
CONTEXT = "docker_context"


@attrs.frozen
class _Source:
    """The source of an image: its digest, variables for the worker, attributes of the task."""

    digest: str
    env: Mapping[str, Any]
    attributes: Mapping[str, Any] = {}


def docker_image(ctx: Context, description: TaskDescription) -> TaskDescription:
    """The description of the image builder, with the section that caches its image."""
    section = description.sections.get("image")
    if section is None:
        return description
    if description.kind != IMAGES:
        what = f"images are built in kind `{description.kind}`"
        raise Refusal(what, f"call it `{IMAGES}`", ("image",))
    demand_values(ctx, description)
    args = section.get("args", {})
    source = (
        _elsewhere(section, description.name) if "digest" in section else _own(ctx, description)
    )
    written = json.dumps(args, sort_keys=True)
    cache = {
        "type": CACHE_TYPE,
        "name": description.name,
        "digest-data": [source.digest, written],
    }
    built = {"name": IMAGE_ARTIFACT, "path": "/workspace/out/image.tar.zst", "type": "file"}
    env = {"IMAGE_NAME": description.name, **source.env, "DOCKER_BUILD_ARGS": written}
    edges = {}
    if (parent := section.get("parent")) is not None:
        edges["parent"] = label_of(IMAGES, parent)
        env["PARENT_TASK_ID"] = {"task-reference": "<parent>"}
    described = description.with_worker(
        chain_of_trust=True,
        env={**description.worker.get("env", {}), **env},
        artifacts=[*description.worker.get("artifacts", ()), built],
    )
    return described.replace(
        dependencies={**described.dependencies, **edges},
        sections={**described.sections, "cache": cache},
    ).with_attributes(image_name=description.name, **source.attributes)


def _own(ctx: Context, description: TaskDescription) -> _Source:
    """An image of this tree, whose context the decision task publishes."""
    section, name = description.sections["image"], description.name
    folder = section.get("context", f"docker/{name}").rstrip("/")
    args = section.get("args", {})
    if not ctx.tree.holds(folder):
        what = f"the tree has no folder `{folder}`"
        remedy = "write its Dockerfile, or name the folder that has it: `context: ...`"
        raise Refusal(what, remedy, ("image", "context") if "context" in section else ("image",))
    ctx.tree_files([folder], ("image",))
    context = read_context(ctx.tree, folder, args)
    env = {
        "CONTEXT_TASK_ID": {"task-reference": "<decision>"},
        "CONTEXT_PATH": f"public/{artifact_of(name)}",
        "HASH": context.digest,
    }
    attributes = {CONTEXT: {"folder": folder, "args": args}, VOLUMES: list(context.volumes)}
    return _Source(context.digest, env, attributes)


def _elsewhere(section: Mapping[str, Any], name: str) -> _Source:
    """An image of another tree, for which only a digest is known."""
    if not section["digest"]:
        what = "the digest is empty: a change of the image would go unnoticed"
        raise Refusal(what, "give the digest of its folder", ("image", "digest"))
    env = {"CONTEXT_PATH": section.get("context", f"docker/{name}")}
    declared = section.get("volumes")
    return _Source(section["digest"], env, {VOLUMES: list(declared)} if declared else {})


def artifact_of(name: str) -> str:
    """The artifact with the context of an image, below `public/`."""
    return f"docker-contexts/{name}.tar.gz"


def published_contexts(graph: TaskGraph, tree: Tree) -> Mapping[str, DockerContext]:
    """Path below `public/` -> context, for every image of a graph that is built from the tree."""
    return {
        artifact_of(task.name): read_context(tree, said["folder"], said["args"])
        for task in graph
        if task.kind == IMAGES and (said := task.attributes.get(CONTEXT))
    }


transforms = (each(docker_image, IMAGE),)
