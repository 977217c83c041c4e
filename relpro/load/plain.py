"""Takes the configuration as written, finds templates in values that are never rendered.

A default of a parameter or the description of an action has no task to fill it in, so the braces
would appear in the value.
"""

from collections.abc import Iterator
from typing import Final

from relpro.errors import Diagnostic
from relpro.model.task import Json
from relpro.values.placeholders import in_vain, quoted
from relpro.values.wording import named
from relpro.yaml.document import Document

#: The values that are passed on unchanged, by their path in the file; `*` stands for any key.
_PASSED_ON: Final = (
    ("parameters", "inputs", "*", "default"),
    ("release-promotion", "flavors", "*", "parameters"),
    ("actions", "*", "description"),
    ("index-task",),
)


def templates_in_vain(document: Document) -> Iterator[Diagnostic]:
    """A diagnostic (K215) for each text in these values that looks like a template."""
    for pattern in _PASSED_ON:
        for way, value in _values(document.data, pattern):
            for path, alike in in_vain(value, way):
                what = f"`{alike}` of {named(path)} would be passed on unchanged"
                why = "no task is in hand here whose variables could be filled in"
                remedy = f"write the value; for the text itself, write `{quoted(alike)}`"
                where = (document.locations.origin(*path),)
                yield Diagnostic("K215", what, where, why=why, remedy=remedy)


def _values(
    value: Json, pattern: tuple[str, ...], way: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    if not pattern:
        yield way, value
    elif pattern[0] == "*":
        for key, part in value.items():
            yield from _values(part, pattern[1:], (*way, key))
    elif pattern[0] in value:
        yield from _values(value[pattern[0]], pattern[1:], (*way, pattern[0]))
