"""Takes two values as JSON knows them, gives their changes; takes changes, gives the other value.

A value inside another is found by its path: keys of mappings, positions in lists.
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


#: Stands for the value of a key that is not there.
MISSING: Final = _Missing.MISSING
#: A value, or nothing where there is none.
Found = Json | Literal[_Missing.MISSING]


@attrs.frozen
class Change:
    """What stands at `path` before and after; `MISSING` where nothing does."""

    path: Path
    before: Found
    after: Found


def find_changes(before: Found, after: Found, path: Path = ()) -> Iterator[Change]:
    """The smallest changes that make `after` of `before`, keys in alphabetical order.

    A list whose length changes, or that holds scalars, changes as a whole. As in JSON, `1` differs
    from `true`, and a tuple is a list.
    """
    if before is after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            yield from find_changes(
                before.get(key, MISSING), after.get(key, MISSING), (*path, key)
            )
    elif _alike(before, after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from find_changes(one, other, (*path, place))
    elif not same(before, after):
        yield Change(path, before, after)


def _alike(before: Found, after: Found) -> bool:
    """Whether both are lists of as many collections."""
    lists = (list, tuple)
    if not isinstance(before, lists) or not isinstance(after, lists) or len(before) != len(after):
        return False
    return all(isinstance(item, Mapping | list | tuple) for item in (*before, *after))


def same(before: Found, after: Found) -> bool:
    """Whether two values are one and the same in JSON."""
    if before is MISSING or after is MISSING:
        return before is after
    return before is after or encode(before) == encode(after)


def apply_changes(value: Found, changes: Sequence[Change], depth: int = 0) -> Found:
    """The value that `changes` make of `value`, which stays as it is.

    `depth` is how much of the changes' paths leads to `value`.
    """
    if any(len(change.path) == depth for change in changes):
        return changes[-1].after
    by_key: dict[str | int, list[Change]] = {}
    for change in changes:
        by_key.setdefault(change.path[depth], []).append(change)
    if not isinstance(value, Mapping):
        items = list(value)
        for place, inner in by_key.items():
            items[place] = apply_changes(items[place], inner, depth + 1)  # type: ignore[call-overload,index]
        return items
    result = dict(value)
    for key, inner in by_key.items():
        changed = apply_changes(value.get(key, MISSING), inner, depth + 1)
        if changed is MISSING:
            del result[key]
        else:
            result[key] = changed
    return result
