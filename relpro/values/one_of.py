"""Takes schemas, gives one schema that accepts what any of them accepts."""

from collections.abc import Callable, Iterable
from typing import Any

import voluptuous


class OneOf(voluptuous.Any):  # type: ignore[misc] # voluptuous has no types
    """Accepts a value that one of several schemas accepts; the first that does is used.

    voluptuous's own `Any` keeps the error of a refusing schema, which forms a reference cycle with
    its stack frames; that memory stays allocated until the garbage collector runs, which relpro
    disables.
    """

    def _exec(
        self, checks: Iterable[Callable[..., Any]], value: object, path: list[object] | None = None
    ) -> object:
        error: voluptuous.Invalid | None = None
        try:
            for check in checks:
                try:
                    return check(value) if path is None else check(path, value)
                except voluptuous.Invalid as refused:
                    if error is None or len(refused.path) > len(error.path):
                        error = refused
            raise error or voluptuous.AnyInvalid(self.msg or "no valid value found", path)
        finally:
            del error


def one_of(names: Iterable[object]) -> OneOf:
    """One of these values and nothing else."""
    return OneOf(*names)
