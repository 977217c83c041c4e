"""Takes the parameters of a project, gives the JSON schema of parameter files."""

from collections.abc import Iterable
from typing import Any

from relpro.editor.json_schema import JsonSchema
from relpro.parameters.parameter import (
    Holds,
    ListOf,
    MappingOf,
    Parameter,
    RecordOf,
    Scalar,
)

_TYPES = {str: "string", int: "integer", bool: "boolean"}


def parameters_schema(known: Iterable[Parameter]) -> JsonSchema:
    """The JSON schema of a parameter file; unknown names are allowed, as in those of decisions."""
    return {"type": "object", "properties": {one.name: schema_of(one) for one in known}}


def schema_of(one: Parameter) -> JsonSchema:
    """The JSON schema of the value of a parameter."""
    holds = _holds(one.holds)
    if one.null:
        holds = {"anyOf": [holds, {"type": "null"}]}
    return {**holds, "description": one.meaning, "default": one.default}


def _holds(holds: Holds) -> JsonSchema:
    match holds:
        case Scalar():
            return {"type": [_TYPES[kind] for kind in holds.types], "description": holds.words}
        case ListOf():
            return {"type": "array", "items": _holds(holds.item)}
        case MappingOf():
            return {"type": "object", "additionalProperties": _holds(holds.value)}
        case RecordOf():
            known = {**holds.optional, **holds.required}
            made: dict[str, Any] = {
                "type": "object",
                "properties": {name: _holds(part) for name, part in known.items()},
                "additionalProperties": _holds(holds.others),
            }
            return {**made, "required": list(holds.required)} if holds.required else made
    return {}
