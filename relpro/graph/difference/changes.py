"""Takes two JSON values, gives their changes; takes changes, gives the other value.

A nested value is identified by its path: keys of mappings, positions in lists.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

import attrs

from relpro.graph.files import encode
from relpro.model.task import Json

Path = tuple[str | int, ...]


class _Missing(enum.Enum):
    """The type of `MISSING`."""

    MISSING = "missing"


#: The value of a missing key.
MISSING: Final = _Missing.MISSING
#: A value, or `MISSING`.
Found = Json | Literal[_Missing.MISSING]


@attrs.frozen
class Change:
    """The values at `path` before and after; `MISSING` if there is none."""

    path: Path
    before: Found
    after: Found


def find_changes(before: Found, after: Found, path: Path = ()) -> Iterator[Change]:
    """The smallest changes that turn `before` into `after`, keys in alphabetical order.

    A list whose length changes, or that contains scalars, changes as a whole. As in JSON, `1`
    differs from `true`, and a tuple is a list.
    """
    if before is after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            yield from find_changes(before.get(key, MISSING), after.get(key, MISSING), (*path, key))
    elif pairs := _pairs(before, after):
        for place, (one, other) in enumerate(pairs):
            yield from find_changes(one, other, (*path, place))
    elif not same(before, after):
        yield Change(path, before, after)


def _pairs(before: Found, after: Found) -> list[tuple[Json, Json]]:
    """The items of two lists of equal length that contain only collections; else nothing."""
    if not isinstance(before, list | tuple) or not isinstance(after, list | tuple):
        return []
    if len(before) != len(after):
        return []
    if not all(isinstance(item, Mapping | list | tuple) for item in (*before, *after)):
        return []
    return list(zip(before, after, strict=True))


def same(before: Found, after: Found) -> bool:
    """Whether two values are equal in JSON."""
    if before is MISSING or after is MISSING:
        return before is after
    return before is after or encode(before) == encode(after)


def apply_changes(value: Found, changes: Sequence[Change], depth: int = 0) -> Found:
    """`value` with `changes` applied; the argument is not changed.

    `depth` is the number of leading elements of the changes' paths that lead to `value`.
    """
    if any(len(change.path) == depth for change in changes):
        return changes[-1].after
    by_key: dict[str | int, list[Change]] = {}
    for change in changes:
        by_key.setdefault(change.path[depth], []).append(change)
    if isinstance(value, list | tuple):
        return [
            apply_changes(item, by_key[place], depth + 1) if place in by_key else item
            for place, item in enumerate(value)
        ]
    assert isinstance(value, Mapping)
    result = dict(value)
    for key, inner in by_key.items():
        result[str(key)] = apply_changes(value.get(key, MISSING), inner, depth + 1)
    return {key: item for key, item in result.items() if item is not MISSING}
