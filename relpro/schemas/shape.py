"""Schemas of JSON documents from outside, checked before anything is read.

A shape is a JSON schema of the fields that are read; other fields are allowed. It is made of the
parts here: `record(required={"state": TEXT}, optional={"runs": list_of(OBJECT)})`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import attrs
import jsonschema_rs

from relpro.schemas.wording import explained

Schema = Mapping[str, Any]

TEXT: Final[Schema] = {"type": "string"}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}
ANYTHING: Final[Schema] = {}
#: A mapping from which no key is read by name.
OBJECT: Final[Schema] = {"type": "object"}
#: A date from Taskcluster, or one that is compared with it: ISO 8601 with a time zone.
MOMENT: Final[Schema] = {"type": "string", "format": "moment"}


def or_null(schema: Schema) -> Schema:
    """The value of `schema`, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def either(*schemas: Schema) -> Schema:
    """The value of one of `schemas`."""
    return {"anyOf": list(schemas)}


def list_of(item: Schema) -> Schema:
    """A list of values of `item`."""
    return {"type": "array", "items": item}


def mapping_of(value: Schema) -> Schema:
    """A mapping with any keys and values of `value`."""
    return {"type": "object", "additionalProperties": value}


def record(
    required: Mapping[str, Schema] | None = None, optional: Mapping[str, Schema] | None = None
) -> Schema:
    """A mapping with these keys; others are allowed."""
    needed = required or {}
    properties = {**(optional or {}), **needed}
    return {"type": "object", "required": list(needed), "properties": properties}


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


@attrs.frozen(slots=False, eq=False)
class Shape:
    """The schema of a document from outside."""

    schema: Schema = attrs.field(repr=False)

    @cached_property
    def _validator(self) -> jsonschema_rs.Validator:
        return jsonschema_rs.validator_for(
            dict(self.schema), formats={"moment": _is_moment}, validate_formats=True
        )

    def misfits(self, value: object, root: str = "") -> Iterator[str]:
        """A text for each misfit in `value`, with its place.

        `root` is prepended to every place. A valid document costs one quick check.
        """
        return (text for _, text in self.located(value, root))

    def located(self, value: object, root: str = "") -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The same, each with the path of the wrong value within `value`."""
        if self._validator.is_valid(value):
            return
        try:
            for error in self._validator.iter_errors(value):
                for text in explained(error, root, "it"):
                    yield tuple(error.instance_path), text
        except ValueError:  # errors that the validator does not report are nested too deeply for it
            yield (), "it is nested too deep, and not what it must be"
