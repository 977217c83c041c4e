"""One parameter: its name, what it holds, its default, its meaning, and where it may be told."""

from collections.abc import Iterator
from typing import Any

import attrs

from relpro.parameters.holds import Holds, Misfit, Scalar


@attrs.frozen
class Field:
    """The field by which the input of the release-promotion action gives a parameter.

    `meaning` is what people are told there. Where nothing is said, the parameter stays as it was
    recorded, or the flavor has it, if it `stays`; else it is its default.
    """

    meaning: str
    stays: bool = False


@attrs.frozen
class Parameter:
    """One parameter. Null, where `null` allows it, becomes the default when parameters are made.

    `variable` ends the name of the variable by which a decision task is told of it, `field` is that
    of the input of a promotion.
    """

    name: str
    holds: Holds
    default: Any
    meaning: str
    null: bool = False
    variable: str = ""
    field: Field | None = None

    @property
    def words(self) -> str:
        """What it holds, as the page of reference says it."""
        return f"{self.holds.in_full} or null" if self.null else self.holds.in_full

    @property
    def is_text(self) -> bool:
        """Whether it holds text alone."""
        return isinstance(self.holds, Scalar) and self.holds.types == (str,)

    def misfits(self, value: object) -> Iterator[Misfit]:
        """Every place within the value that is not as it must be."""
        return iter(()) if value is None and self.null else self.holds.misfits(value)
