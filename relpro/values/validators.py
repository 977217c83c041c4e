"""Validators for values that people write in YAML: each takes a value, returns it or refuses it.

They are parts of voluptuous schemas. `templated` makes a schema in which any value may also be a
template (`{locale}`) or a keyed value (`by-level: {3: ..., default: ...}`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

import attrs
import voluptuous

from relpro.values.one_of import OneOf
from relpro.values.placeholders import placeholders

#: Seconds in each unit of a duration.
UNITS: Final[Mapping[str, int]] = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 7 * 86400,
    "month": 30 * 86400,
    "year": 365 * 86400,
}
_DURATION = re.compile(rf"([0-9]+) ?({'|'.join(UNITS)})s?")

#: The longest duration in years. The queue accepts any date, but dates end with the year 9999.
LONGEST_YEARS: Final = 1000
_LONGEST = LONGEST_YEARS * UNITS["year"]


@attrs.frozen(eq=False)
class Scalar:
    """Accepts single values. `expected` completes the sentence "the value must be ..."."""

    expected: str
    accepts: Callable[[Any], bool] = attrs.field(repr=False)

    def __call__(self, value: Any) -> Any:
        """Return `value`, or raise `Unexpected`."""
        if self.accepts(value):
            return value
        raise Unexpected(f"must be {self.expected}")


class Unexpected(voluptuous.Invalid):  # type: ignore[misc] # voluptuous has no types
    """A value that does not fit its schema, from which the message derives what was expected."""


class NoAlternatives(voluptuous.Invalid):  # type: ignore[misc] # voluptuous has no types
    """A keyed value without alternatives."""


class Misplaced(voluptuous.Invalid):  # type: ignore[misc] # voluptuous has no types
    """A key beside a `by-*`, which makes the choice ambiguous."""

    def __init__(self, key: str, word: str) -> None:
        super().__init__(f"must stand below `{word}`, not beside it", [key])
        self.word = word


class WrongKey(voluptuous.Invalid):  # type: ignore[misc] # voluptuous has no types
    """An invalid key; the text says what it must be."""


@attrs.frozen(eq=False)
class Key:
    """Accepts the keys of a mapping that `names` accepts."""

    names: Scalar

    def __call__(self, key: Any) -> Any:
        """Return `key`, or raise `WrongKey`."""
        if not isinstance(key, str):
            raise WrongKey("must be text")
        if not self.names.accepts(key):
            raise WrongKey(f"must be {self.names.expected}")
        return key


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@cache
def seconds(value: str) -> int | None:
    """The seconds in a duration such as `2 hours`, or None if it is not one.

    Cached, since all tasks use the same few durations.
    """
    length = _length(value)
    return None if length is None or length > _LONGEST else length


def is_too_long(value: str) -> bool:
    """Whether a text is a duration, and longer than the maximum."""
    return (_length(value) or 0) > _LONGEST


def _length(value: str) -> int | None:
    match = _DURATION.fullmatch(value)
    if match is None:
        return None
    # Fewer digits than Python refuses to convert are more than enough to be too long.
    return int(match[1].lstrip("0")[:20] or 0) * UNITS[match[2]]


text = Scalar("text", lambda value: isinstance(value, str))
whole_number = Scalar("a whole number", _is_whole)
percentage = Scalar(
    "a whole number from 0 to 100", lambda value: _is_whole(value) and 0 <= value <= 100
)
flag = Scalar("true or false", lambda value: isinstance(value, bool))
duration = Scalar(
    "a duration such as `28 days`",
    lambda value: isinstance(value, str) and seconds(value) is not None,
)


def mapping_of(value: object) -> dict[object, object]:
    """A mapping with any keys, whose values fit the schema `value`."""
    return {str: value}


def list_of(item: object, *, distinct: bool = False, some: bool = False) -> "Items":
    """A list whose items fit the schema `item`; every wrong item is reported, not only the first.

    A `distinct` list has no duplicates; with `some`, it has at least one item.
    """
    return Items(item, distinct, some)


@attrs.frozen(eq=False)
class Items:
    """Accepts lists; reports all errors in all items."""

    item: Any
    distinct: bool = False
    some: bool = False
    _checked: voluptuous.Schema = attrs.field(init=False, repr=False)

    @_checked.default
    def _compile(self) -> voluptuous.Schema:
        return voluptuous.Schema(self.item)

    def __call__(self, value: Any) -> Any:
        """Return `value`, or raise `MultipleInvalid`."""
        if not isinstance(value, list):
            raise Unexpected("must be a list")
        if self.some and not value:
            raise voluptuous.Invalid("must have an item")
        errors = _refusals(self._checked, value, ([place] for place in range(len(value))))
        if self.distinct:
            errors += [
                voluptuous.Invalid("must be unique", [place])
                for place, item in enumerate(value)
                if item in value[:place]
            ]
        if errors:
            raise voluptuous.MultipleInvalid(errors)
        return value


@attrs.frozen(eq=False)
class Varying:
    """Accepts what `schema` accepts, templates that may become it, and keyed values of these."""

    schema: Any
    _checked: voluptuous.Schema = attrs.field(init=False, repr=False)
    _holds_parts: bool = attrs.field(init=False, repr=False)

    @_checked.default
    def _compile(self) -> voluptuous.Schema:
        return voluptuous.Schema(self.schema)

    @_holds_parts.default
    def _look(self) -> bool:
        return _is_container(self.schema)

    def __call__(self, value: Any) -> Any:
        """Return `value`, or raise `MultipleInvalid`."""
        if isinstance(value, str) and self._may_become(value):
            return value
        if (word := lone_choice(value)) is not None:
            alternatives = value[word]
            if not (isinstance(alternatives, Mapping) and alternatives):
                raise NoAlternatives("must have alternatives", [word])
            if errors := _refusals(self, value, ([word, key] for key in alternatives)):
                raise voluptuous.MultipleInvalid(errors)
            return value
        if (misplaced := beside_choice(value)) is not None:
            raise Misplaced(*misplaced)
        return self._checked(value)

    def _may_become(self, value: str) -> bool:
        """Whether `value` is a template that may become a valid value.

        A lone `{name}` becomes the value of the variable, which may be a list or a mapping.
        """
        name = next(placeholders(value), None)
        return name is not None and (not self._holds_parts or value == f"{{{name}}}")


def templated(schema: object) -> object:
    """A schema like `schema` in which every value may also be a template or a keyed value."""
    return schema if isinstance(schema, Varying) else Varying(_with_templated_parts(schema))


def is_keyed(value: Any) -> bool:
    """Whether a value is a mapping of alternatives: `{by-level: {3: ..., default: ...}}`."""
    word = lone_choice(value)
    return word is not None and isinstance(value[word], Mapping)


def lone_choice(value: object) -> str | None:
    """The only key of a mapping, if it begins with `by-`: alternatives must be below it."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    (word,) = value
    return word if isinstance(word, str) and word.startswith("by-") else None


def beside_choice(value: object) -> tuple[str, str] | None:
    """A key that is beside a `by-*` instead of below it, and that `by-*`; None without one.

    A mapping with keys other than `default` and `by-*` is not keyed; its keys are ordinary.
    """
    if not isinstance(value, Mapping) or len(value) < 2:
        return None
    keys = [key for key in value if isinstance(key, str)]
    words = [key for key in keys if key.startswith("by-")]
    others = [key for key in keys if key == "default"]
    if not words or len(words) + len(others) < len(value):
        return None
    return (*others, *words[1:])[0], words[0]


def _with_templated_parts(schema: object) -> object:
    match schema:
        case voluptuous.Schema():
            parted = _with_templated_parts(schema.schema)
        case Mapping():
            parted = {key: templated(value) for key, value in schema.items()}
        case [item]:
            parted = Items(templated(item))
        case [_, *_]:
            parted = Items(templated(OneOf(*schema)))
        case Items():
            parted = Items(templated(schema.item), schema.distinct, schema.some)
        case voluptuous.Any() | voluptuous.All():
            parts = map(_with_templated_parts, schema.validators)
            parted = type(schema)(*parts, msg=schema.msg)
        case _:
            parted = schema
    return parted


def _is_container(schema: object) -> bool:
    if isinstance(schema, voluptuous.Any):
        return all(part is None or _is_container(part) for part in schema.validators)
    return isinstance(schema, Mapping | list | Items) or schema in {dict, list}


def _refusals(
    check: Callable[[Any], Any], value: Any, paths: Iterable[list[Any]]
) -> list[voluptuous.Invalid]:
    """The refusals of `check` for the part of `value` at each path."""
    errors: list[voluptuous.Invalid] = []
    for path in paths:
        part = value
        for step in path:
            part = part[step]
        try:
            check(part)
        except voluptuous.Invalid as invalid:
            invalid.prepend(path)
            errors += getattr(invalid, "errors", [invalid])
    return errors
