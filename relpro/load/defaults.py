"""Takes the keyed values of a project, finds defaults that decide what users get.

A new branch or a new type of release must not do what another one does only because nobody thought
of it: a value that affects users is set for each by name, or is empty.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro.errors import Diagnostic
from relpro.model.config import GraphConfig
from relpro.model.kind import Kind
from relpro.model.policy import Named
from relpro.model.task import Json
from relpro.values.check import OriginOf
from relpro.values.validators import lone_choice

Path = tuple[str | int, ...]


def acting_defaults(config: GraphConfig, kinds: Mapping[str, Kind]) -> Iterator[Diagnostic]:
    """A diagnostic (K250) for each such default in the variables of a project and in its kinds."""
    rule = config.policy.said_by_name
    if rule is None:
        return
    origin = config.locations.origin
    yield from defaults_in(config.variables, rule, origin, ("variables",))
    for kind in kinds.values():
        for entry in kind.entries:
            yield from defaults_in(entry.data, rule, entry.origin)


def defaults_in(
    data: object, rule: Named, origin: OriginOf, path: Path = ()
) -> Iterator[Diagnostic]:
    """A diagnostic (K250) for each such default below the keys that `rule` names."""
    for key, value in _items(data):
        if key in rule.keys:
            yield from _choices(value, str(key), rule, origin, (*path, key))
        else:
            yield from defaults_in(value, rule, origin, (*path, key))


def _choices(
    value: Json, name: str, rule: Named, origin: OriginOf, path: Path
) -> Iterator[Diagnostic]:
    word = lone_choice(value)
    if word and word.removeprefix("by-") in rule.by and isinstance(value[word], Mapping):
        default = value[word].get("default")
        # A choice below this one may be empty; it is checked separately.
        if default not in _EMPTY and lone_choice(default) is None:
            what = f"`{name}` has a default that acts on users, whatever `{word}` is"
            remedy = "name who gets it, and leave `default` out, or empty"
            yield Diagnostic("K250", what, (origin(*path, word, "default"),), remedy=remedy)
    for key, inner in _items(value):
        yield from _choices(inner, name, rule, origin, (*path, key))


#: Values without effect.
_EMPTY: tuple[Any, ...] = (None, "", [], {}, False)


def _items(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)
