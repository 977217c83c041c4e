"""Takes the parameters of a project, gives the JSON schema of parameter files."""

from collections.abc import Iterable
from typing import Any

from relpro.editor.json_schema import JsonSchema
from relpro.parameters.holds import Holds, ListOf, MappingOf, RecordOf, Scalar
from relpro.parameters.parameter import Parameter

_TYPES = {str: "string", int: "integer", bool: "boolean"}


def parameters_schema(known: Iterable[Parameter]) -> JsonSchema:
    """The JSON schema of a parameter file; unknown names are allowed, as in those of decisions."""
    return {"type": "object", "properties": {one.name: schema_of(one) for one in known}}


def schema_of(one: Parameter) -> JsonSchema:
    """The JSON schema of the value of a parameter."""
    holds = holds_schema(one.holds, null=one.null)
    return {**holds, "description": one.meaning, "default": one.default}


def holds_schema(holds: Holds, *, null: bool = False) -> JsonSchema:
    """The JSON schema of a value; with `null`, of one that may be null."""
    made = _holds(holds)
    if not null or "type" not in made:
        return made
    may_be = {"enum": [*made["enum"], None]} if "enum" in made else {}
    return {**made, "type": [*_listed(made["type"]), "null"], **may_be}


def _listed(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types


def _holds(holds: Holds) -> dict[str, Any]:
    match holds:
        case Scalar():
            types = [_TYPES[kind] for kind in holds.types]
            said = {"description": holds.wanted} if holds.wanted else {}
            return {"type": types[0] if len(types) == 1 else types, **said, **holds.keywords}
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
