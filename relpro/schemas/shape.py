"""What JSON from outside must be before anything of it is read: the shape of a document.

A shape is a JSON schema of what is read of a document and no more: who wrote it may say more. It is
made of the parts here: `record(required={"state": TEXT}, optional={"runs": list_of(OBJECT)})`.
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
#: A mapping of which nothing is read by name.
OBJECT: Final[Schema] = {"type": "object"}
#: A date that Taskcluster gives, or that is compared with one: ISO 8601 with a time zone.
MOMENT: Final[Schema] = {"type": "string", "format": "moment"}


def or_null(schema: Schema) -> Schema:
    """What `schema` says, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def either(*schemas: Schema) -> Schema:
    """What one of `schemas` says."""
    return {"anyOf": list(schemas)}


def list_of(item: Schema) -> Schema:
    """A list whose items are like `item`."""
    return {"type": "array", "items": item}


def mapping_of(value: Schema) -> Schema:
    """A mapping with any keys, whose values are like `value`."""
    return {"type": "object", "additionalProperties": value}


def record(
    required: Mapping[str, Schema] | None = None, optional: Mapping[str, Schema] | None = None
) -> Schema:
    """A mapping with these keys; it may have others."""
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
    """A document from outside, by what must hold of it."""

    schema: Schema = attrs.field(repr=False)

    @cached_property
    def _validator(self) -> jsonschema_rs.Validator:
        return jsonschema_rs.validator_for(
            dict(self.schema), formats={"moment": _is_moment}, validate_formats=True
        )

    def misfits(self, value: Any, root: str = "") -> Iterator[str]:
        """A text for each thing of `value` that is not as it must be, with its place.

        `root` is put before every place. A document that fits costs one quick check.
        """
        return (text for _, text in self.located(value, root))

    def located(self, value: Any, root: str = "") -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The same, each with the path of the culprit within `value`."""
        if self._validator.is_valid(value):
            return
        try:
            for error in self._validator.iter_errors(value):
                for text in explained(error, root, "it"):
                    yield tuple(error.instance_path), text
        except ValueError:  # what the validator does not show is nested deeper than it follows
            yield (), "it is nested too deep, and not what it must be"
