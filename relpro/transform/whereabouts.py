"""Takes diagnostics about tasks, finds the lines of their entries that are to blame."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import attrs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.kind import Entry, Kind
from relpro.values.placeholders import PLACEHOLDER

Path = tuple[str | int, ...]


def at_their_lines(
    found: Iterable[Diagnostic], kinds: Mapping[str, Kind]
) -> tuple[Diagnostic, ...]:
    """The diagnostics, each with the line of the entry that contains `said`, if there is one."""
    every = tuple(found)
    entries: dict[Origin, Entry] = {}
    if any(one.said for one in every):
        entries = {entry.origin(): entry for kind in kinds.values() for entry in kind.entries}
    return tuple(_at_its_line(one, entries) if one.said else one for one in every)


@contextmanager
def located(kinds: Mapping[str, Kind]) -> Iterator[None]:
    """A context in which errors about tasks are raised with the lines of their entries."""
    try:
        yield
    except RelproError as error:
        raise type(error)(*at_their_lines(error.diagnostics, kinds)) from None


def _at_its_line(one: Diagnostic, entries: Mapping[Origin, Entry]) -> Diagnostic:
    entry = entries.get(one.where[0])
    if entry is None:
        return one
    some = {key: entry.data[key] for key in one.within if key in entry.data}
    path = writes(some if one.within else entry.data, one.said)
    if path is None:
        return one
    return attrs.evolve(one, where=(entry.origin(*path), *one.where[1:]))


def writes(data: object, text: str) -> Path | None:
    """The path to the template in an entry that renders to `text`; None if there is none.

    If there are several, the one with the most literal characters wins, and then the first. A
    payload builder may add a prefix to a name, such as that of a cache: if no template renders to
    all of the text, its end is enough for a template with a reference.
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


def texts(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a value, with its path; for a text in a key, the path of the key's value."""
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
    """The number of literal characters of a template, and a pattern for what it renders to."""
    pattern, literal, end = "", 0, 0
    for match in PLACEHOLDER.finditer(template):
        between = template[end : match.start()] + ("" if match[1] else match[0][0])
        pattern += re.escape(between) + (".*" if match[1] else "")
        literal += len(between)
        end = match.end()
    rest = template[end:]
    return literal + len(rest), re.compile(pattern + re.escape(rest), re.DOTALL)
