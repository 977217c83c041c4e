"""Takes what is wrong with tasks, finds the lines of their entries where that is written."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from relpro.errors import Diagnostic, Origin
from relpro.model.kind import Entry, Kind
from relpro.values.placeholders import PLACEHOLDER

Path = tuple[str | int, ...]


def at_their_lines(
    found: Iterable[Diagnostic], kinds: Mapping[str, Kind]
) -> tuple[Diagnostic, ...]:
    """The same, at the place of what is `said` where the entry that is the culprit writes it."""
    every = tuple(found)
    entries: dict[Origin, Entry] = {}
    if any(one.said for one in every):
        entries = {entry.origin(): entry for kind in kinds.values() for entry in kind.entries}
    return tuple(_at_its_line(one, entries) if one.said else one for one in every)


def _at_its_line(one: Diagnostic, entries: Mapping[Origin, Entry]) -> Diagnostic:
    entry = entries.get(one.where[0])
    path = writes(entry.data, one.said) if entry else None
    if entry is None or path is None:
        return one
    return attrs.evolve(one, where=(entry.origin(*path), *one.where[1:]))


def writes(data: Any, text: str) -> Path | None:
    """The way to the template in an entry that gives `text`; None where none does.

    Of several it is the one that says most of it, and then the first. A worker may put something
    before a name, as before that of a cache: where nothing gives all of it, the end is enough of a
    template with a reference.
    """
    best, most = None, (False, 0)
    for path, template in texts(data):
        literal, pattern = _pattern(template)
        whole = pattern.fullmatch(text) is not None
        if not whole and not ("<" in template and re.search(f"(?:{pattern.pattern})$", text)):
            continue
        if literal and (whole, literal) > most:
            best, most = path, (whole, literal)
    return best


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a value and the way to it; that of a key is the way to what it stands for."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield (*path, key), str(key)
            yield from texts(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from texts(part, (*path, place))
    elif isinstance(value, str):
        yield path, value


def _pattern(template: str) -> tuple[int, re.Pattern[str]]:
    """How many signs of what a template gives it says itself, and a pattern for all of that."""
    pattern, literal, end = "", 0, 0
    for match in PLACEHOLDER.finditer(template):
        between = template[end : match.start()] + ("" if match[1] else match[0][0])
        pattern += re.escape(between) + (".*" if match[1] else "")
        literal += len(between)
        end = match.end()
    rest = template[end:]
    return literal + len(rest), re.compile(pattern + re.escape(rest), re.DOTALL)
