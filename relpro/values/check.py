"""Takes data and its schema, gives a diagnostic with a place for every value that does not fit.

Schemas are voluptuous schemas, made of the validators in `relpro.values.validators`, of mappings
with `Required` and `Optional` keys, of lists, types and literal values. A validator of your own
raises `voluptuous.Invalid` with words that follow the name of the key: "must be even".
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import attrs
import voluptuous

from relpro.errors import Diagnostic, Origin
from relpro.model.nearest import nearest
from relpro.values.expectation import LISTED, choices, expected, known_keys, schemas_at, value_at
from relpro.values.one_of import OneOf, one_of
from relpro.values.validators import (
    Misplaced,
    NoAlternatives,
    Unexpected,
    WrongKey,
    duration,
    flag,
    list_of,
    mapping_of,
    percentage,
    templated,
    text,
    whole_number,
)
from relpro.values.wording import (
    in_quotes,
    named,
    remedy_for,
    shown,
    with_alternatives,
    within,
    written,
)

__all__ = [
    "OneOf",
    "check",
    "templated",
    "duration",
    "flag",
    "list_of",
    "mapping_of",
    "one_of",
    "percentage",
    "text",
    "whole_number",
]

#: Gives the place of the value at a path: `origin_of("worker", "max-run-time")`.
OriginOf = Callable[..., Origin]

#: Exceptions of voluptuous for which the schema itself tells what was expected.
_PLAIN: Final = (
    Unexpected,
    voluptuous.DictInvalid,
    voluptuous.ScalarInvalid,
    voluptuous.SequenceTypeInvalid,
    voluptuous.TypeInvalid,
    voluptuous.ValueInvalid,
)


def check(
    schema: voluptuous.Schema, data: object, origin_of: OriginOf, context: str
) -> Iterator[Diagnostic]:
    """One diagnostic for each value (K201) or key (K202, K203) of `data` that does not fit.

    `origin_of` gives the place of a path in `data`; the path of that place names the value.
    `context` names what is checked: "task `linux64`". Diagnostics come in reading order.
    """
    try:
        schema(data)
    except voluptuous.MultipleInvalid as invalid:
        errors = [_Error(error, schema, data, origin_of, context) for error in invalid.errors]
        meant = {(error.path[:-1], error.meant) for error in errors if error.is_unknown_key}
        found = [
            error.diagnose()
            for error in errors
            if not (error.is_missing_key and (error.path[:-1], str(error.path[-1])) in meant)
        ]
        yield from sorted(found, key=lambda diagnostic: diagnostic.sort_key)


@attrs.frozen(eq=False, repr=False)
class _Error:
    """One error of voluptuous, with everything needed for the message."""

    invalid: voluptuous.Invalid
    schema: voluptuous.Schema
    data: Any
    origin_of: OriginOf
    context: str

    @property
    def path(self) -> tuple[Any, ...]:
        return tuple(self.invalid.path)

    @property
    def is_missing_key(self) -> bool:
        return isinstance(self.invalid, voluptuous.RequiredFieldInvalid)

    @property
    def is_unknown_key(self) -> bool:
        return bool(self.invalid.msg == "extra keys not allowed")

    @property
    def known(self) -> tuple[str, ...]:
        """The keys that are allowed where an unknown key is."""
        return known_keys(self.schemas(self.path[:-1]))

    @property
    def meant(self) -> str | None:
        """The known key that an unknown one probably stands for."""
        return nearest(str(self.path[-1]), self.known)

    def schemas(self, path: Sequence[object]) -> tuple[Any, ...]:
        return schemas_at(self.schema, self.data, path)

    def diagnose(self) -> Diagnostic:
        """The diagnostic for the error."""
        if self.is_missing_key:
            return self._missing_key()
        if self.is_unknown_key:
            return self._unknown_key()
        if isinstance(self.invalid, Misplaced):
            return self._misplaced_key(self.invalid)
        if isinstance(self.invalid, WrongKey):
            return self._wrong_key(self.invalid.msg)
        if self.invalid.msg == "expected str" and not self.schemas(self.path):
            return self._wrong_key("must be text")
        return self._wrong_value()

    def _missing_key(self) -> Diagnostic:
        key = str(self.path[-1])
        wanted = expected(self.schemas((*self.path[:-1], key)))
        where = self.origin_of(*self.path[:-1])
        remedy = f"add `{key}: ...`, {wanted}" if wanted else f"add `{key}: ...`"
        return self._diagnostic("K202", f"`{key}` is missing", where, (*where.path, key), remedy)

    def _unknown_key(self) -> Diagnostic:
        known = self.known
        remedy = f"known here: {', '.join(f'`{key}`' for key in known)}"
        if self.meant:
            remedy = f"did you mean `{self.meant}`?"
        elif not 0 < len(known) <= LISTED:
            remedy = ""
        where = self.origin_of(*self.path)
        what = f"unknown key `{written(self.path[-1])}`"
        return self._diagnostic("K203", what, where, where.path, remedy)

    def _wrong_key(self, demand: str) -> Diagnostic:
        key = self.path[-1]
        where = self.origin_of(*self.path)
        if isinstance(key, str):
            return self._diagnostic("K203", f"key {shown(key)} {demand}", where, where.path, "")
        what, remedy = f"key `{written(key)}` {demand}", in_quotes(key)
        return self._diagnostic("K203", what, where, where.path, remedy)

    def _misplaced_key(self, invalid: Misplaced) -> Diagnostic:
        where, remedy = self.origin_of(*self.path), with_alternatives(invalid.word)
        what = f"`{self.path[-1]}` {invalid.msg}"
        return self._diagnostic("K203", what, where, where.path, remedy)

    def _wrong_value(self) -> Diagnostic:
        schemas, value = self.schemas(self.path), value_at(self.data, self.path)
        wanted = expected(schemas)
        where = self.origin_of(*self.path)
        if wanted and isinstance(self.invalid, _PLAIN):
            demand = f"must be {wanted}"
        else:
            demand = self.invalid.msg.removeprefix("value ")
        what = f"{named(where.path)} {demand}, got {shown(value)}"
        remedy = remedy_for(value, wanted, choices(schemas))
        if isinstance(self.invalid, NoAlternatives):
            remedy = with_alternatives(str(self.path[-1]))
        return self._diagnostic("K201", what, where, where.path, remedy)

    def _diagnostic(
        self, code: str, what: str, where: Origin, path: Sequence[object], remedy: str
    ) -> Diagnostic:
        around = within(path)
        parts = [self.context, f"in `{around}`" if around else ""]
        if around and f"`{around.rpartition('.')[2]}`" in self.context:
            parts.pop()
        return Diagnostic(code, what, (where,), ", ".join(filter(None, parts)), remedy=remedy)
