"""Takes an action's schema and the input somebody wrote, gives the complete input.

The defaults of the schema are filled in first: neither Taskcluster nor its hooks do that.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.model.nearest import meant
from relpro.schemas.wording import explained
from relpro.values.check import OriginOf
from relpro.values.keys import odd_keys
from relpro.values.portable import unfit

Schema = Mapping[str, Any]

_INPUT = Origin("the input")


def nowhere(*_path: Any) -> Origin:
    """The place of every part of an input that came from no file."""
    return _INPUT


def complete_input(
    action: str, schema: Schema | None, given: Any, origin: OriginOf = nowhere
) -> Mapping[str, Any]:
    """The input with the schema's defaults; raises `RelproError` (Q709, K203) for what is wrong.

    An action without a schema takes no input: None or an empty mapping. `origin` gives the place of
    each part of what is `given`.
    """
    if schema is None:
        if given:
            raise RelproError(refused(f"action `{action}` takes no input", where=origin()))
        return {}
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        remedy = "write `name: value` lines, or a JSON object"
        what = f"the input of action `{action}` is not a mapping"
        raise RelproError(refused(what, remedy=remedy, where=origin()))
    raise_all(odd_keys(given, origin, "the input"))
    raise_all(refused(text, where=origin()) for text in unfit(given, "input"))
    known = schema.get("properties", {})
    unknown = [name for name in given if name not in known]
    fields = {name: value for name, value in given.items() if name in known}
    raise_all((*_unknown(unknown, known, origin), *_problems(schema, fields, origin)))
    defaults = {name: field["default"] for name, field in known.items() if "default" in field}
    return {**defaults, **given}


def refused(what: str, why: str = "", remedy: str = "", where: Origin | None = None) -> Diagnostic:
    """A reason (Q709) not to accept an input."""
    return Diagnostic("Q709", what, (where,) if where else (), why=why, remedy=remedy)


def _unknown(names: list[str], known: Mapping[str, Any], origin: OriginOf) -> Iterator[Diagnostic]:
    for name in names:
        remedy = meant(name, known, f"there are: {', '.join(sorted(known))}")
        yield refused(f"unknown field `{name}` of the input", remedy=remedy, where=origin(name))


def _problems(schema: Schema, given: Mapping[str, Any], origin: OriginOf) -> Iterator[Diagnostic]:
    for error in jsonschema_rs.validator_for(dict(schema)).iter_errors(dict(given)):
        for text in explained(error, "input"):
            yield refused(text, remedy=_meant(error), where=origin(*error.instance_path))


def _meant(error: jsonschema_rs.ValidationError) -> str:
    """What a word that is none of the choices was meant to be, as a remedy."""
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Enum(choices) if isinstance(error.instance, str):
            return meant(error.instance, map(str, choices))
        case _:
            return ""
