"""Takes an entry, gives tasks that each wait for many others, so that one edge replaces many.

```yaml
transforms: [relpro.stock.dummy]
kind-dependencies: [beetmover-repackage]
tasks:
  beetmover:
    fan-in: {group-by: platform, limit: 99}     # and `kinds`, ...: see relpro.stock.candidates
    worker-type: succeed
```

The upstream tasks of each `product` (the default), of each `platform`, or of `all` are split into
groups of at most `limit` (default 99), in their order. The names are `<product>-<phase>-<n>`,
`<product>-<platform>-<n>`, or `<entry>-<n>`. Variables: `fan` (from 1), `total-fans`. Attributes:
those by which tasks were grouped. The name of each edge is its label.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional

from relpro.model.label import of_chunk
from relpro.model.task import Draft, Skipped
from relpro.stock.candidates import SELECTION, candidates, own, unknown_name
from relpro.stock.chunk import whole_from_one
from relpro.stock.grouping import GROUPINGS, Group, grouped
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import expand
from relpro.values import OneOf, whole_number

_BY = ("product", "platform", "all")

FAN_IN = Section(
    "fan-in",
    {**SELECTION, Optional("group-by"): OneOf(*_BY), Optional("limit"): whole_number},
)


def fan_in(ctx: Context, draft: Draft) -> Iterator[Draft | Skipped]:
    """A draft for each group of upstream tasks."""
    section = ctx.section(draft, FAN_IN)
    if section is None:
        yield draft
        return
    by = section.get("group-by", "product")
    limit = whole_from_one(section, "limit", ("fan-in",), default=99)
    if by not in _BY:
        raise unknown_name("a way to group", by, _BY, ("fan-in", "group-by"))
    groups, rest = grouped(candidates(ctx, section, ("fan-in",)), GROUPINGS[by])
    for task in rest:
        yield Skipped(task.name, f"upstream `{task.label}` has no {GROUPINGS[by].lacking}")
    if not groups:
        yield Skipped(draft.name, "no upstream task")
    for group in groups:
        yield from _runs(draft, group, limit, _stem(ctx, draft, by, group.shared))


def _stem(ctx: Context, draft: Draft, by: str, shared: Mapping[str, Any]) -> str:
    if by == "all":
        return draft.name
    phase = own(ctx, draft, "shipping_phase") or ctx.kind.phase.value
    last = phase if by == "product" else shared["build_platform"]
    product = shared["shipping_product"]
    return last if product is None else f"{product}-{last}"


def _runs(draft: Draft, group: Group, limit: int, stem: str) -> Iterator[Draft]:
    starts = range(0, len(group.tasks), limit)
    shared = {name: value for name, value in group.shared.items() if value is not None}
    for number, start in enumerate(starts, start=1):
        edges = {task.label: task for task in group.tasks[start : start + limit]}
        yield draft.replace(
            name=of_chunk(stem, number),
            attributes={**draft.attributes, **shared},
            variables={**draft.variables, "fan": number, "total_fans": len(starts)},
            upstream={**draft.upstream, **edges},
        )


transforms = (expand(fan_in, FAN_IN),)
