"""The kinds of values that people write in YAML: each takes a value, gives it back or refuses it.

They are parts of voluptuous schemas. `templated` makes a schema in which any value may also be a
template (`{locale}`) or a keyed value (`by-level: {3: ..., default: ...}`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

import attrs
import voluptuous

_TEMPLATE = re.compile(r"(?<![${])\{[a-z][a-z0-9_.-]*\}")

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


@attrs.frozen(eq=False)
class Scalar:
    """Accepts single values. `expected` completes the sentence "the value must be ..."."""

    expected: str
    accepts: Callable[[Any], bool] = attrs.field(repr=False)

    def __call__(self, value: Any) -> Any:
        """Give `value` back, or raise `Unexpected`."""
        if self.accepts(value):
            return value
        raise Unexpected(f"must be {self.expected}")


class Unexpected(voluptuous.Invalid):  # type: ignore[misc] # voluptuous has no types
    """A value of another kind than the schema says; what was expected is read off the schema."""


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@cache
def seconds(value: str) -> int | None:
    """The seconds in a duration such as `2 hours`, or None if it is not one.

    Remembered: a few durations stand in every task.
    """
    match = _DURATION.fullmatch(value)
    return int(match[1]) * UNITS[match[2]] if match else None


text = Scalar("text", lambda value: isinstance(value, str))
whole_number = Scalar("a whole number", _is_whole)
flag = Scalar("true or false", lambda value: isinstance(value, bool))
duration = Scalar(
    "a duration such as `28 days`",
    lambda value: isinstance(value, str) and seconds(value) is not None,
)


def one_of(names: Iterable[Any]) -> Any:
    """One of these values and nothing else."""
    return voluptuous.Any(*names)


def mapping_of(value: Any) -> dict[Any, Any]:
    """A mapping with any keys, of which each leads to what the schema `value` says."""
    return {str: value}


def list_of(item: Any) -> "Items":
    """A list of what the schema `item` says; every wrong item is reported, not only the first."""
    return Items(item)


@attrs.frozen(eq=False)
class Items:
    """Accepts lists; finds all that is wrong in all of their items."""

    item: Any
    _checked: voluptuous.Schema = attrs.field(init=False, repr=False)

    @_checked.default
    def _compile(self) -> voluptuous.Schema:
        return voluptuous.Schema(self.item)

    def __call__(self, value: Any) -> Any:
        """Give `value` back, or raise `MultipleInvalid`."""
        if not isinstance(value, list):
            raise Unexpected("must be a list")
        return _check_parts(self._checked, value, ([place] for place in range(len(value))))


@attrs.frozen(eq=False)
class Varying:
    """Accepts what `schema` accepts, a template that may become it, and keyed values of these."""

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
        """Give `value` back, or raise `MultipleInvalid`."""
        if isinstance(value, str) and self._may_become(value):
            return value
        if is_keyed(value):
            ((word, alternatives),) = value.items()
            if not alternatives:
                raise voluptuous.Invalid("must have alternatives", [word])
            return _check_parts(self, value, ([word, key] for key in alternatives))
        return self._checked(value)

    def _may_become(self, value: str) -> bool:
        """Whether `value` is a template of what is wanted.

        `{name}` alone becomes the variable itself, which may be a list or a mapping.
        """
        template = _TEMPLATE.search(value)
        return template is not None and (not self._holds_parts or template[0] == value)


def templated(schema: Any) -> Any:
    """A schema like `schema` in which every value may be a template or a keyed value instead."""
    return schema if isinstance(schema, Varying) else Varying(_with_templated_parts(schema))


def is_keyed(value: Any) -> bool:
    """Whether a value is a mapping of alternatives: `{by-level: {3: ..., default: ...}}`."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    ((word, alternatives),) = value.items()
    return isinstance(word, str) and word.startswith("by-") and isinstance(alternatives, Mapping)


def _with_templated_parts(schema: Any) -> Any:
    match schema:
        case voluptuous.Schema():
            parted = _with_templated_parts(schema.schema)
        case Mapping():
            parted = {key: templated(value) for key, value in schema.items()}
        case [item]:
            parted = Items(templated(item))
        case [_, *_]:
            parted = Items(templated(voluptuous.Any(*schema)))
        case Items():
            parted = Items(templated(schema.item))
        case voluptuous.Any() | voluptuous.All():
            parts = map(_with_templated_parts, schema.validators)
            parted = type(schema)(*parts, msg=schema.msg)
        case _:
            parted = schema
    return parted


def _is_container(schema: Any) -> bool:
    if isinstance(schema, voluptuous.Any):
        return all(part is None or _is_container(part) for part in schema.validators)
    return isinstance(schema, Mapping | list | Items) or schema in {dict, list}


def _check_parts(check: Callable[[Any], Any], value: Any, paths: Iterable[list[Any]]) -> Any:
    """Check the part of `value` at each path; raise one `MultipleInvalid` for all of them."""
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
    if errors:
        raise voluptuous.MultipleInvalid(errors)
    return value
