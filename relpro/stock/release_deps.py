"""Takes a task of a release, adds edges to all upstream tasks of that release.

```yaml
transforms: [relpro.stock.release_deps]
kind-dependencies: [post-beetmover-dummy, release-generate-checksums]
tasks:
  push-to-releases:
    shipping-product: browser
    release-deps: {}          # optional keys: see relpro.stock.candidates
```

Upstream tasks of the same `shipping-product` are selected, unless they belong to a later phase, or
to another `build-platform` (if both tasks have one). The optional keys are `kinds`,
`with-attributes` and `without-attributes`. The name of each edge is its label.
"""

from collections.abc import Iterator

from relpro.model.phase import Phase
from relpro.model.task import Draft, Task
from relpro.stock.candidates import SELECTION, candidates, own
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import expand

RELEASE_DEPS = Section("release-deps", dict(SELECTION))


def release_deps(ctx: Context, draft: Draft) -> Iterator[Draft]:
    """The draft, with its edges."""
    section = ctx.section(draft, RELEASE_DEPS)
    if section is None:
        yield draft
        return
    product = own(ctx, draft, "shipping_product")
    phase = Phase(own(ctx, draft, "shipping_phase") or ctx.kind.phase.value)
    platform = own(ctx, draft, "build_platform")
    known = {task.label for task in draft.upstream.values()}
    edges = {
        task.label: task
        for task in candidates(ctx, section, ("release-deps",))
        if task.label not in known and _is_before(task, product, phase, platform)
    }
    yield draft.replace(upstream={**draft.upstream, **edges})


def _is_before(task: Task, product: object, phase: Phase, platform: object) -> bool:
    if task.product != product or (task.phase is not None and phase < task.phase):
        return False
    theirs = task.attributes.get("build_platform")
    return platform is None or theirs is None or theirs == platform


transforms = (expand(release_deps, RELEASE_DEPS),)
