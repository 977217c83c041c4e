"""A transform as the engine sees it: a function, and whether it makes tasks or refines them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import attrs

from relpro.model.task import Draft, Skipped, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section

Expand = Callable[[Context, Draft], Iterable[Draft | Skipped]]
Each = Callable[[Context, TaskDescription], TaskDescription | Skipped]
Whole = Callable[[Context, Sequence[TaskDescription]], Iterable[TaskDescription | Skipped]]


@attrs.frozen(eq=False, repr=False)
class Step:
    """One transform of a chain."""

    mode: Literal["expand", "each", "whole"]
    function: Callable[..., Any]
    sections: tuple[Section, ...] = ()

    @property
    def name(self) -> str:
        """The dotted name of the function, as shown in messages."""
        return f"{self.function.__module__}.{self.function.__name__}"


def expand(function: Expand, *sections: Section) -> Step:
    """A transform that makes any number of drafts from one, before rendering."""
    return Step("expand", function, sections)


def each(function: Each, *sections: Section) -> Step:
    """A transform of one described task."""
    return Step("each", function, sections)


def whole(function: Whole, *sections: Section) -> Step:
    """A transform of all described tasks of a kind at once; use it only for grouping."""
    return Step("whole", function, sections)
