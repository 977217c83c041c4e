"""Takes the tasks of a kind that others fetch by name or alias, refuses ambiguous names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relpro.errors import Diagnostic, raise_all
from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.values import OneOf, text

#: The schema of a key that gives a task further names.
ALIASES = OneOf(text, [text])


def aliases_of(kind: str, attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """The names, besides its own, by which tasks of other kinds can fetch a task.

    They may include the kind as a prefix, as labels do.
    """
    aliases = attributes.get(f"{kind}_alias") or ()
    every = (aliases,) if isinstance(aliases, str) else aliases
    return tuple(dict.fromkeys(alias.removeprefix(f"{kind}-") for alias in every))


def distinct_aliases(
    ctx: Context, descriptions: Sequence[TaskDescription]
) -> Sequence[TaskDescription]:
    """The unchanged descriptions. Raises `RelproError` (T420) for a name that two tasks have."""
    raise_all(_doubles(ctx.kind.name, descriptions))
    return descriptions


def _doubles(kind: str, descriptions: Sequence[TaskDescription]) -> Iterator[Diagnostic]:
    called = {description.name: description for description in descriptions}
    for description in descriptions:
        for alias in aliases_of(kind, description.attributes):
            other = called.setdefault(alias, description)
            if other is description:
                continue
            how = "the name" if other.name == alias else "an alias"
            what = f"`{alias}` is an alias of `{description.label}`, and {how} of `{other.label}`"
            places = (description.origin, other.origin)
            remedy = "give only one of them this name"
            yield Diagnostic("T420", what, places, f"kind `{kind}`", remedy=remedy)
