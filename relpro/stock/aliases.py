"""Takes the tasks of a kind that others fetch by name or alias, refuses names of two of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relpro.errors import Diagnostic, raise_all
from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.values import OneOf, text

#: What a key holds that gives a task further names.
ALIASES = OneOf(text, [text])


def aliases_of(kind: str, attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """The names by which tasks of other kinds fetch a task besides its own.

    They may be written with the kind in front, as labels are.
    """
    aliases = attributes.get(f"{kind}_alias") or ()
    every = (aliases,) if isinstance(aliases, str) else aliases
    return tuple(dict.fromkeys(alias.removeprefix(f"{kind}-") for alias in every))


def distinct_aliases(
    ctx: Context, descriptions: Sequence[TaskDescription]
) -> Sequence[TaskDescription]:
    """The descriptions as they are. Raises `RelproError` (T420) for what two are called."""
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
