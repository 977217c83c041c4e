"""The keys of an entry that a transform owns, and how the transform refuses their values."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import attrs
import voluptuous

from relpro.values import templated


@attrs.frozen(eq=False, slots=False)
class Section:
    """A key of an entry that one transform owns, with its schema.

    `schema` is written in voluptuous; keyed values and templates are allowed everywhere in it. A
    `required` section must be in every entry of a kind whose chain has the transform.
    """

    name: str
    schema: Any = attrs.field(repr=False)
    required: bool = False

    @cached_property
    def compiled(self) -> voluptuous.Schema:
        """The schema in which any value may be a template or keyed, compiled when first used."""
        return voluptuous.Schema(templated(self.schema))

    @cached_property
    def strict(self) -> voluptuous.Schema:
        """The schema of the rendered value, compiled when first used."""
        return voluptuous.Schema(self.schema)


class Refusal(Exception):
    """Raised by a transform for an invalid input; becomes an error with a place (T411).

    `path` is the path of the invalid value inside the entry, if the entry is to blame.
    """

    def __init__(self, what: str, remedy: str = "", path: Sequence[str | int] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.path = tuple(path)
