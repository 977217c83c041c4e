"""Takes tasks whose result depends only on known inputs, lets earlier runs replace them.

```yaml
transforms: [relpro.stock.cached_tasks]
tasks:
  clang:
    cache:
      type: toolchains.v3
      name: clang
      digest-data: ["{clang-revision}", "{build-script-digest}"]
      without: [image]              # parts that the digest leaves out; also chain-of-trust
```

The digest is the SHA-256 of `digest-data`, of the caches and digests of all tasks that it depends
on (including its in-tree image), and of whether the task signs its artifacts (`chain-of-trust`).
Each of those tasks must be cached too; otherwise a change in it would go unnoticed. `without` lists
parts that are known not to affect the result.

The task is indexed under its digest, and searched there: from level 3 down to the level of the
project, since a level trusts only higher levels. Tasks of pull requests are used only by pull
requests: they are indexed under `cache.pr`, which is searched last. Paths begin with
`cached-task-prefix` of the configuration, or with the trust domain:
`PREFIX.cache.level-N.TYPE.NAME.hash.DIGEST`; for people also `.latest` and `.pushdate.TIME`. Paths
and digests are those of taskgraph, so that a project that moves to relpro finds its cached tasks.
Attribute: `cached_task` {type, name, digest}.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from voluptuous import Optional, Required

from relpro.errors import Diagnostic, RelproError
from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import whole
from relpro.values import OneOf, text

CACHE = Section(
    "cache",
    {
        Required("type"): text,
        Required("name"): text,
        Required("digest-data"): [text],
        Optional("without"): [OneOf("image", "chain-of-trust")],
    },
)


def cached_tasks(ctx: Context, descriptions: Sequence[TaskDescription]) -> list[TaskDescription]:
    """The descriptions; those with the section can be found by their digest.

    Raises `RelproError` (T411) for parents that are not cached, and for circles.
    """
    described = {description.label: description for description in descriptions}
    digests: dict[str, str] = {}
    for task in ctx.upstream.every():
        if cached := task.attributes.get("cached_task"):
            digests[task.label] = _parent_of(cached, cached["digest"])
    made: dict[str, TaskDescription] = {}
    problems: list[Diagnostic] = []
    for label in _parents_first(described):
        description = described.get(label)
        if description is None or "cache" not in description.sections:
            continue
        problems += _uncached_parents(description, digests)
        digest = _digest(description, digests)
        digests[label] = _parent_of(description.sections["cache"], digest)
        made[label] = _cached(ctx, description, digest)
    if problems:
        raise RelproError(*problems)
    return [made.get(description.label, description) for description in descriptions]


def _parent_of(cache: Mapping[str, object], digest: str) -> str:
    """What the digest of a task contains of a cached task on which it depends."""
    return f"{cache['type']}/{cache['name']}/{digest}"


def _parents_first(described: Mapping[str, TaskDescription]) -> Iterable[str]:
    parents = {label: _parents(description) for label, description in described.items()}
    try:
        return tuple(TopologicalSorter(parents).static_order())
    except CycleError as error:
        circle = " -> ".join(f"`{label}`" for label in error.args[1])
        where = (described[error.args[1][0]].origin,)
        raise RelproError(
            Diagnostic("T411", f"cached tasks depend on each other in a circle: {circle}", where)
        ) from None


def _parents(description: TaskDescription) -> tuple[str, ...]:
    """The labels of the tasks on which a task depends, including its image."""
    image = description.worker.get("docker-image")
    in_tree = image.get("in-tree") if isinstance(image, Mapping) else None
    if "image" in description.sections.get("cache", {}).get("without", ()):
        in_tree = None
    labels = (
        *(task.label for task in description.upstream.values()),
        *description.dependencies.values(),
        *((f"docker-image-{in_tree}",) if in_tree else ()),
    )
    return tuple(dict.fromkeys(labels))


def _uncached_parents(
    description: TaskDescription, digests: Mapping[str, str]
) -> Iterator[Diagnostic]:
    for parent in _parents(description):
        if parent not in digests:
            what = f"cached task `{description.label}` builds on `{parent}`, which is not cached"
            remedy = f"give `{parent}` a `cache`, and add its kind to `kind-dependencies`"
            yield Diagnostic("T411", what, (description.origin,), remedy=remedy)


def _digest(description: TaskDescription, digests: Mapping[str, str]) -> str:
    """SHA-256, in hex, of the inputs of a task. Source: taskgraph, cached tasks."""
    cache = description.sections["cache"]
    parents = sorted(digests.get(parent, "") for parent in _parents(description))
    signs = description.worker.get("chain-of-trust")
    certificate = ("True",) if signs and "chain-of-trust" not in cache.get("without", ()) else ()
    written = "\n".join((*cache["digest-data"], *parents, *certificate))
    return hashlib.sha256(written.encode()).hexdigest()


def _cached(ctx: Context, description: TaskDescription, digest: str) -> TaskDescription:
    cache = description.sections["cache"]
    level = int(ctx.parameters.level)
    paths = [_path(ctx, cache, f"level-{trusted}") for trusted in range(3, level - 1, -1)]
    own = paths[-1]
    if ctx.parameters.tasks_for.startswith("github-pull-request"):
        own = _path(ctx, cache, "pr")
        paths.append(own)
    cached = {"type": cache["type"], "name": cache["name"], "digest": digest}
    pushed = time.strftime("%Y.%m.%d.%Y%m%d%H%M%S", time.gmtime(ctx.parameters["build_date"]))
    found_by = (f"hash.{digest}", "latest", f"pushdate.{pushed}")
    return description.replace(
        routes=(*description.routes, *(f"index.{own}.{name}" for name in found_by)),
        optimization={"index-search": [f"{path}.hash.{digest}" for path in paths]},
    ).with_attributes(cached_task=cached)


def _path(ctx: Context, cache: Mapping[str, object], writer: str) -> str:
    """The index path of tasks in one cache that a `writer` made: `level-3`, or `pr`."""
    prefix = ctx.config.cached_task_prefix or ctx.config.trust_domain
    return f"{prefix}.cache.{writer}.{cache['type']}.{cache['name']}"


transforms = (whole(cached_tasks, CACHE),)
