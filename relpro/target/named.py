"""Takes a name that somebody gave, finds what it refers to in the project."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from relpro.errors import Diagnostic, RelproError
from relpro.model.nearest import meant

_Value = TypeVar("_Value")


def named(what: str, name: str, names: Mapping[str, _Value]) -> _Value:
    """The thing called `name`; `what` is its sort, for messages. Raises `RelproError` (O605)."""
    if name not in names:
        raise unknown(what, name, names)
    return names[name]


def unknown(what: str, name: str, names: Collection[str]) -> RelproError:
    """The error (O605) for a name that is not among `names`."""
    remedy = meant(name, sorted(names), f"there are: {', '.join(sorted(names))}")
    return RelproError(Diagnostic("O605", f"no {what} is called `{name}`", remedy=remedy))
