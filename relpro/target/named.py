"""Takes a name that somebody asked for, gives what the project calls so."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from relpro.errors import Diagnostic, RelproError
from relpro.model.nearest import meant

_Value = TypeVar("_Value")


def named(what: str, name: str, names: Mapping[str, _Value]) -> _Value:
    """What is called `name`; `what` says what it is. Raises `RelproError` (O605)."""
    if name not in names:
        raise unknown(what, name, names)
    return names[name]


def unknown(what: str, name: str, names: Collection[str]) -> RelproError:
    """The error (O605) for a name that is none of `names`."""
    remedy = meant(name, sorted(names), f"there are: {', '.join(sorted(names))}")
    return RelproError(Diagnostic("O605", f"no {what} is called `{name}`", remedy=remedy))
