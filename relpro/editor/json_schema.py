"""Takes a schema of values that people write, gives an equivalent JSON schema.

It is for editors: it refuses nothing that relpro accepts, and leaves to relpro what JSON schemas
cannot express.
"""

from collections.abc import Mapping
from typing import Any

import attrs
import voluptuous

from relpro.values.expectation import expected, literal
from relpro.values.validators import (
    Items,
    Scalar,
    Varying,
    duration,
    flag,
    percentage,
    whole_number,
)

JsonSchema = dict[str, Any]

#: A text with a variable in it, and one that consists of a variable.
_TEMPLATE: JsonSchema = {"type": "string", "pattern": r"\{[^{}]+\}"}
_VARIABLE: JsonSchema = {"type": "string", "pattern": r"^\{[^{}]+\}$"}

_DURATION = r"^[0-9]+ ?(second|minute|hour|day|week|month|year)s?$"
#: Scalars that are not text, or that match a pattern.
_SCALARS: Mapping[Scalar, JsonSchema] = {
    whole_number: {"type": "integer"},
    percentage: {"type": "integer", "minimum": 0, "maximum": 100},
    flag: {"type": "boolean"},
    duration: {"type": "string", "pattern": _DURATION},
}
_TYPES: Mapping[Any, JsonSchema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
    dict: {"type": "object"},
    list: {"type": "array"},
}


def document(schema: voluptuous.Schema) -> JsonSchema:
    """The JSON schema of a whole document."""
    converter = Converter()
    made = converter.convert(schema)
    return {**made, "definitions": converter.definitions}


@attrs.frozen
class Converter:
    """Makes the JSON schemas of one document; `definitions` are schemas that refer to themselves.

    If a document is only part of a whole, such as an entry to which defaults are added, it is
    `partial`, and may lack required keys.
    """

    partial: bool = False
    definitions: dict[str, JsonSchema] = attrs.field(factory=dict)

    def convert(self, schema: object) -> JsonSchema:
        """The JSON schema of a voluptuous schema; anything is allowed for an unknown validator."""
        match schema:
            case Varying():
                made = self._varying(schema.schema)
            case voluptuous.Any():
                made = self._any(schema.validators)
            case voluptuous.All():
                made = {"allOf": [self.convert(part) for part in schema.validators]}
            case Items():
                made = self._items(schema)
            case [_, *_]:
                made = {"type": "array", "items": self._any(schema)}
            case Mapping():
                made = self._mapping(schema, required=False)
            case voluptuous.Schema(schema=Mapping()):
                made = self._mapping(schema.schema, required=bool(schema.required))
            case voluptuous.Schema():
                made = self.convert(schema.schema)
            case _:
                made = _single(schema)
        return made

    def _mapping(self, schema: Mapping[object, object], *, required: bool) -> JsonSchema:
        """The schema of a mapping; if it is `required`, its keys without a marker must exist."""
        properties: JsonSchema = {}
        others: Any = False
        needed = []
        for key, value in schema.items():
            name = literal(key)
            if not isinstance(name, str):
                others = self.convert(value)
                continue
            properties[name] = self.convert(value)
            if isinstance(key, voluptuous.Required) or (required and name == key):
                needed.append(name)
        made = {"type": "object", "properties": properties, "additionalProperties": others}
        return made if self.partial or not needed else {**made, "required": needed}

    def _any(self, parts: Any) -> JsonSchema:
        if len(parts) == 1:
            return self.convert(parts[0])
        single = [part is None or isinstance(part, str | int) for part in parts]
        words = [
            *dict.fromkeys(part for part, is_word in zip(parts, single, strict=True) if is_word)
        ]
        others = [
            self.convert(part) for part, is_word in zip(parts, single, strict=True) if not is_word
        ]
        choices = [{"enum": words}] if words else []
        return {"anyOf": [*choices, *others]} if others else {"enum": words}

    def _items(self, schema: Items) -> JsonSchema:
        made: JsonSchema = {"type": "array", "items": self.convert(schema.item)}
        if schema.distinct:
            made["uniqueItems"] = True
        return {**made, "minItems": 1} if schema.some else made

    def _varying(self, schema: object) -> JsonSchema:
        """The schema, a template, or alternatives of these at any depth."""
        name = f"value-{len(self.definitions)}"
        self.definitions[name] = {}  # reserved while the inner schema is made
        reference = {"$ref": f"#/definitions/{name}"}
        plain = self.convert(schema)
        is_text = plain.get("type") == "string" and "pattern" not in plain
        template = [] if is_text else [_TEMPLATE if _is_single(plain) else _VARIABLE]
        self.definitions[name] = {"anyOf": [plain, *template, keyed(reference)]}
        return reference


def keyed(alternative: JsonSchema) -> JsonSchema:
    """Alternatives to choose among: `{by-level: {3: ..., default: ...}}`."""
    choice = {"type": "object", "additionalProperties": alternative, "minProperties": 1}
    return {
        "type": "object",
        "patternProperties": {"^by-": choice},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _is_single(schema: JsonSchema) -> bool:
    """Whether it accepts scalars: a text with a variable may become one."""
    parts = schema.get("anyOf", [schema])
    return any("enum" in part or part.get("type") not in {"object", "array"} for part in parts)


def _single(schema: object) -> JsonSchema:
    """The schema of a scalar."""
    if schema is None or isinstance(schema, str | int):
        return {"const": schema}
    if not isinstance(schema, Scalar):
        return dict(_TYPES.get(schema, {}))
    return {**_SCALARS.get(schema, {"type": "string"}), "description": expected([schema])}
