"""Takes an action's schema and an input, gives the complete, valid input.

The defaults of the schema are filled in first: neither Taskcluster nor its hooks do that. Whoever
refuses a part of the input names its place, which goes with it from here on.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import jsonschema_rs

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.model.nearest import meant
from relpro.model.task import Json
from relpro.schemas.wording import explained, json_path
from relpro.values.check import OriginOf
from relpro.values.keys import odd_keys
from relpro.values.portable import unfit

Schema = Mapping[str, Any]


def fields_of(name: str) -> OriginOf:
    """The places of an input that came from no file: the ways to its fields, below `name`."""
    return lambda *path: Origin(json_path(path, name))


_UNWRITTEN = fields_of("input")


@attrs.frozen(eq=False)
class Input(Mapping[str, Any]):
    """The complete input of an action: what each field holds, and where it was written.

    `origin` gives the place of the value at a path, such as `origin("partial_updates", "91.0")`, or
    that of its nearest written ancestor.
    """

    fields: Mapping[str, Any]
    origin: OriginOf = _UNWRITTEN

    def __getitem__(self, name: str) -> Json:
        """What a field holds."""
        return self.fields[name]

    def __iter__(self) -> Iterator[str]:
        """The names of the fields."""
        return iter(self.fields)

    def __len__(self) -> int:
        """How many fields there are."""
        return len(self.fields)

    def text(self, name: str) -> str:
        """A text field; empty where it is missing, null, or what a form makes of null: `None`."""
        value = self.get(name)
        return "" if value in (None, "None") else str(value)

    def refused(self, *path: str | int, what: str, why: str = "", remedy: str = "") -> Diagnostic:
        """A reason (Q709) not to accept the value at `path`; without one, the input."""
        return refused_at(self.origin(*path), what, why, remedy)


def complete_input(
    action: str, schema: Schema | None, given: object, origin: OriginOf = _UNWRITTEN
) -> Input:
    """The input with the schema's defaults; raises `RelproError` (Q709, K203) for what is wrong.

    An action without a schema takes no input: None or an empty mapping. `origin` gives the place of
    each part of the `given` input.
    """
    if schema is None:
        if given:
            raise RelproError(refused_at(origin(), f"action `{action}` takes no input"))
        return Input({}, origin)
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        remedy = "write `name: value` lines, or a JSON object"
        what = f"the input of action `{action}` is not a mapping"
        raise RelproError(refused_at(origin(), what, remedy=remedy))
    raise_all(odd_keys(given, origin, "the input"))
    raise_all(refused_at(origin(), text) for text in unfit(given, "input"))
    known = schema.get("properties", {})
    unknown = [name for name in given if name not in known]
    fields = {name: value for name, value in given.items() if name in known}
    raise_all((*_unknown(unknown, known, origin), *_problems(schema, fields, origin)))
    defaults = {name: field["default"] for name, field in known.items() if "default" in field}
    return Input({**defaults, **given}, origin)


def refused_at(where: Origin, what: str, why: str = "", remedy: str = "") -> Diagnostic:
    """A reason (Q709) not to accept what stands at a place of an input."""
    return Diagnostic("Q709", what, (where,), why=why, remedy=remedy)


def _unknown(
    names: list[str], known: Mapping[str, object], origin: OriginOf
) -> Iterator[Diagnostic]:
    for name in names:
        remedy = meant(name, known, f"there are: {', '.join(sorted(known))}")
        yield refused_at(origin(name), f"unknown field `{name}` of the input", remedy=remedy)


def _problems(schema: Schema, given: Mapping[str, Any], origin: OriginOf) -> Iterator[Diagnostic]:
    for error in jsonschema_rs.validator_for(dict(schema)).iter_errors(dict(given)):
        for text in explained(error, "input"):
            yield refused_at(origin(*error.instance_path), text, remedy=_remedy(error, schema))


def _remedy(error: jsonschema_rs.ValidationError, schema: Schema) -> str:
    """What a word that is none of the choices was meant to be; else what the field is for."""
    field = next(iter(error.instance_path), "")
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Enum(choices) if isinstance(error.instance, str):
            return meant(error.instance, map(str, choices))
        case jsonschema_rs.ValidationErrorKind.Required(name) if not field:
            field = name
    about = schema.get("properties", {}).get(field, {}).get("description", "")
    return f"`{field}`: {about}" if about else ""
