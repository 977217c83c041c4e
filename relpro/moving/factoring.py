"""Takes the entries of a kind, gives their common part as defaults, and the rest of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from relpro.moving.merged import is_keyed

Data = Mapping[str, Any]


def factored(entries: Sequence[Data]) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Defaults, and the rest of each entry: merged by relpro's rules, they are the entries.

    A single entry has no defaults. Only whole lists are shared, since relpro appends lists.
    """
    if len(entries) < 2:
        return {}, [dict(entry) for entry in entries]
    shared = _shared(entries)
    return shared, [_without(entry, shared) for entry in entries]


def _shared(entries: Sequence[Data]) -> dict[str, object]:
    first, *others = entries
    found: dict[str, Any] = {}
    for key, value in first.items():
        if not all(key in other for other in others):
            continue
        values = [value, *(other[key] for other in others)]
        if all(one == value and type(one) is type(value) for one in values):
            found[key] = value
        elif all(isinstance(one, Mapping) and not is_keyed(one) for one in values) and (
            inner := _shared(values)
        ):
            found[key] = inner
    return found


def _without(entry: Data, shared: Data) -> dict[str, object]:
    made = {}
    for key, value in entry.items():
        if key not in shared:
            made[key] = value
        elif value != shared[key]:
            made[key] = _without(value, shared[key])
    return made
