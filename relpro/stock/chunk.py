"""Takes an entry, splits its work into several tasks.

```yaml
transforms: [relpro.stock.chunk]
tasks:
  update-verify:
    chunks: {total: {by-build-platform: {macosx64: 30, default: 16}}}
  repack:
    chunks: {of: "{repack-ids}", per-task: 5}
```

The work is `total` equal parts, or the list `of`, cut into `total` pieces or into as many as are
needed for at most `per-task` items in each. Attributes: `this_chunk` (from 1), `total_chunks`.
Templates name them `{this-chunk}` and `{total-chunks}`; with `of`, `{chunk-items}` is the piece.
`-<this-chunk>` is added to the task's name, before a slash, unless `set-name: false`. A name that
contains the number itself uses `{chunk-number}`. An empty list makes no task.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from voluptuous import Optional

from relpro.model.label import chunk_number, of_chunk
from relpro.model.task import Draft, Skipped
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import expand
from relpro.values import flag, whole_number

CHUNKS = Section(
    "chunks",
    {
        Optional("total"): whole_number,
        Optional("of"): list,
        Optional("per-task"): whole_number,
        Optional("set-name"): flag,
    },
)

Item = TypeVar("Item")


def chunks(ctx: Context, draft: Draft) -> Iterator[Draft | Skipped]:
    """A draft for each chunk."""
    section = ctx.section(draft, CHUNKS)
    if section is None:
        yield draft
        return
    if "of" not in section:
        yield from _numbered(draft, section, whole_from_one(section, "total", ("chunks",)))
        return
    items = section["of"]
    if not items:
        yield Skipped(draft.name, "there is nothing to split into chunks")
        return
    pieces = _pieces(items, section)
    made = _numbered(draft, section, len(pieces))
    for one, piece in zip(made, pieces, strict=True):
        yield one.with_variables(chunk_items=list(piece))


def _numbered(draft: Draft, section: Mapping[str, object], total: int) -> Iterator[Draft]:
    for chunk in range(1, total + 1):
        named = draft
        if section.get("set-name") is not False:
            named = draft.replace(name=of_chunk(draft.name, chunk))
        yield named.with_attributes(this_chunk=chunk, total_chunks=total).with_variables(
            chunk_number=chunk_number(chunk)
        )


def _pieces(items: Sequence[object], section: Mapping[str, object]) -> tuple[tuple[Any, ...], ...]:
    if "total" in section:
        return parts(items, min(whole_from_one(section, "total", ("chunks",)), len(items)))
    return split(items, whole_from_one(section, "per-task", ("chunks",)))


def whole_from_one(
    section: Mapping[str, Any], key: str, path: tuple[str, ...], default: int | None = None
) -> int:
    """The number under a key of a rendered section at `path`; `Refusal` unless it is at least 1."""
    value: int | None = section.get(key, default)
    if value is not None and value > 0:
        return value
    what = f"`{key}` is missing" if value is None else f"`{key}` is not a whole number from 1"
    raise Refusal(what, f"say how many, as in `{key}: 5`", (*path, key))


def split(items: Sequence[Item], per_task: int) -> tuple[tuple[Item, ...], ...]:
    """As few contiguous pieces as possible with at most `per_task` items.

    Sizes differ by at most 1.
    """
    return parts(items, -(-len(items) // per_task))


def parts(items: Sequence[Item], count: int) -> tuple[tuple[Item, ...], ...]:
    """`count` contiguous pieces whose lengths differ by at most 1, the longer ones first."""
    size, longer = divmod(len(items), count) if count else (0, 0)
    ends = [place * size + min(place, longer) for place in range(count + 1)]
    return tuple(tuple(items[a:b]) for a, b in pairwise(ends))


transforms = (expand(chunks, CHUNKS),)
