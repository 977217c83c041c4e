"""What a transform is to the engine: a function, how it is applied, and the keys it owns."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import attrs
import voluptuous

from relpro.load.structure import templated
from relpro.model.task import Draft, Skipped, TaskDescription

if TYPE_CHECKING:
    from relpro.transform.context import Context

Expand = Callable[["Context", Draft], Iterable[Draft | Skipped]]
Each = Callable[["Context", TaskDescription], TaskDescription | Skipped]
Whole = Callable[["Context", Sequence[TaskDescription]], Iterable[TaskDescription | Skipped]]


@attrs.frozen(eq=False, slots=False)
class Section:
    """A key of an entry that one transform owns, with the schema of what stands under it.

    `schema` is written as for voluptuous; keyed values and templates are allowed everywhere in it.
    A `required` section must be in every entry of a kind whose chain has the transform.
    """

    name: str
    schema: Any = attrs.field(repr=False)
    required: bool = False

    @cached_property
    def compiled(self) -> voluptuous.Schema:
        """The schema in which any value may be a template or keyed, compiled when first used."""
        return voluptuous.Schema(templated(self.schema))


@attrs.frozen(eq=False)
class Step:
    """One transform of a chain."""

    mode: Literal["expand", "each", "whole"]
    function: Callable[..., Any]
    sections: tuple[Section, ...] = ()

    @property
    def name(self) -> str:
        """The dotted name of the function, as it stands in messages."""
        return f"{self.function.__module__}.{self.function.__name__}"


def expand(function: Expand, *sections: Section) -> Step:
    """A transform that makes any number of drafts from one, before anything is rendered."""
    return Step("expand", function, sections)


def each(function: Each, *sections: Section) -> Step:
    """A transform of one described task."""
    return Step("each", function, sections)


def whole(function: Whole, *sections: Section) -> Step:
    """A transform of all described tasks of a kind at once: for grouping, and for nothing else."""
    return Step("whole", function, sections)


class Refusal(Exception):
    """Raised by a transform whose input cannot be: becomes a located error (T411).

    `path` leads to the culprit inside the entry, where the entry is to blame.
    """

    def __init__(self, what: str, remedy: str = "", path: Sequence[str | int] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.path = tuple(path)
