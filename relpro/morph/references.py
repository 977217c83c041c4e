"""Takes definitions, finds the references in them, and errors in those.

A reference is `{"task-reference": "... <dependency> ..."}`, a text in which names of dependencies
are replaced by task ids, or `{"artifact-reference": "... <dependency/public/artifact> ..."}`, in
which they are replaced by URLs of artifacts. `<self>` is the task itself, `<decision>` its creator.
Doubled brackets are literal: `<<name>>` becomes `<name>`. Names of caches are keys: if one contains
a reference, all are below `task-reference`, as in `{"task-reference": {"cache-<dependency>":
"/path"}}`.
"""

import re
from collections.abc import Iterator, Mapping

import attrs
import orjson

from relpro.model.task import Json
from relpro.values.portable import DEEPEST_WRITTEN, unfit
from relpro.values.validators import seconds
from relpro.values.wording import shown

#: The parts of a definition that may contain references; others are never searched.
REFERRING = ("payload", "extra", "dependencies")

TASK = "task-reference"
_ARTIFACT = "artifact-reference"
#: The first group is text, the others are a name and an artifact.
IN_TEXT = {
    TASK: re.compile(r"<(<[^<>]*>)>|<([^<>\s]+)>"),
    _ARTIFACT: re.compile(r"<(<[^<>]*>)>|<([^<>\s/]+)/?([^<>]*)>"),
}
_CONTAINERS = frozenset({dict, list, tuple})
_RELATIVE = "relative-datestamp"
#: A reference or relative date in JSON text. Quotes inside a text are escaped, so it cannot match
#: there.
_IN_JSON = re.compile(
    rb'\{"((?:task|artifact)-reference|relative-datestamp)":("[^"\\]*(?:\\.[^"\\]*)*")\}'
)
_KEYS_IN_JSON = tuple(f'"{key}":'.encode() for key in (*IN_TEXT, _RELATIVE))

#: Integers that JavaScript would round, and dates, which JSON does not have, raise.
_STRICT = orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_DATETIME
_NULL = re.compile(rb"[:,\[]null")


#: A reference or relative date in JSON: its key, and its text in quotes.
_Written = tuple[bytes, bytes]


@attrs.frozen
class Reference:
    """A name in angle brackets: a dependency, and an artifact unless its id is meant."""

    name: str
    artifact: str | None = None


@attrs.frozen
class Fault:
    """An error in a reference or relative date, and the text by which it is found."""

    what: str
    said: str


@attrs.frozen(eq=False, repr=False)
class Search:
    """Finds references, and searches each part and each text once.

    Tasks share parts of their payloads; parts are compared by identity, and held so that it is not
    reused.
    """

    _parts: dict[int, tuple[Json, tuple[Reference, ...]]] = attrs.field(factory=dict, init=False)
    _texts: dict[_Written, dict[Reference, None]] = attrs.field(factory=dict, init=False)
    _wrong: set[_Written] = attrs.field(factory=set, init=False)
    _faults: dict[int, tuple[Fault, ...]] = attrs.field(factory=dict, init=False)
    _unfit: set[int] = attrs.field(factory=set, init=False)

    def in_definition(self, definition: Mapping[str, Json]) -> tuple[Reference, ...]:
        """The references of a task, without duplicates, in their order."""
        found: dict[Reference, None] = {}
        for name in REFERRING:
            if part := definition.get(name):
                found.update(dict.fromkeys(self.in_part(part)))
        return tuple(found)

    def in_part(self, part: Json) -> tuple[Reference, ...]:
        """The references in one part of a definition."""
        known = self._parts.get(id(part))
        if known is None:
            known = self._parts[id(part)] = (part, self._look_through(part))
        return known[1]

    def faults_of(self, definition: Mapping[str, Json]) -> tuple[Fault, ...]:
        """The invalid references and relative dates of a task, without duplicates."""
        found: dict[Fault, None] = {}
        for name in REFERRING:
            if part := definition.get(name):
                self.in_part(part)
                found.update(dict.fromkeys(self._faults.get(id(part), ())))
        return tuple(found)

    def unfit_in(self, definition: Mapping[str, Json]) -> Iterator[str]:
        """Values of a task that JSON or the queue cannot represent.

        After the search for references.
        """
        for name in REFERRING:
            if id(part := definition.get(name)) in self._unfit:
                yield from unfit(part, name, DEEPEST_WRITTEN)

    @property
    def doubts(self) -> bool:
        """Whether anything searched may have errors, or values that JSON cannot represent."""
        return bool(self._faults or self._unfit)

    def _look_through(self, part: Json) -> tuple[Reference, ...]:
        """References are searched in JSON text, which is faster than searching values."""
        try:
            text = orjson.dumps(part, option=_STRICT)
        except TypeError:
            self._unfit.add(id(part))
            return ()
        if b"null" in text and _NULL.search(text):
            self._unfit.add(id(part))  # possible: numbers that JSON does not have become null
        count = sum(map(text.count, _KEYS_IN_JSON))
        if not count:
            return ()
        found: dict[Reference, None] = {}
        references = _IN_JSON.findall(text)
        for written in references:
            if (names := self._texts.get(written)) is None:
                names = self._texts[written] = self._read(written)
            found.update(names)
        is_odd = count > len(references)
        if is_odd:
            found.update(dict.fromkeys(_in_keys(part)))
        if is_odd or not self._wrong.isdisjoint(references):
            self._faults[id(part)] = tuple(faults(part))
        return tuple(found)

    def _read(self, written: _Written) -> dict[Reference, None]:
        """The references in a text of JSON; remembers whether it has a fault."""
        key, said = written[0].decode(), orjson.loads(written[1])
        if any(_fault(key, {key: said})):
            self._wrong.add(written)
        return {} if key == _RELATIVE else dict.fromkeys(references_in(key, said))


def references_in(key: str, text: str) -> Iterator[Reference]:
    """The references in a text under `key`, in their order."""
    matches = IN_TEXT[key].finditer(text)
    return (Reference(*match.groups()[1:]) for match in matches if not match[1])


def _in_keys(value: Json) -> Iterator[Reference]:
    """The references in the keys of mappings."""
    for inner in _of_whole_mappings(value):
        for key in inner:
            yield from references_in(TASK, key)


def _of_whole_mappings(value: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(value, Mapping):
        if _is_of_keys(value):
            yield value[TASK]
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for part in value:
        yield from _of_whole_mappings(part)


def _is_of_keys(value: Mapping[str, Json]) -> bool:
    return len(value) == 1 and isinstance(value.get(TASK), dict) and bool(value[TASK])


def faults(value: Json) -> Iterator[Fault]:
    """The error in each reference and relative date that cannot be filled in."""
    if isinstance(value, Mapping):
        for key in value.keys() & {*IN_TEXT, _RELATIVE}:
            said = value[key] if isinstance(value[key], str) and value[key] else key
            yield from (Fault(what, said) for what in _fault(key, value))
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for part in value:
        yield from faults(part)


def _fault(key: str, value: Mapping[str, Json]) -> Iterator[str]:
    said = value[key]
    if len(value) > 1:
        yield f"`{key}` stands beside other keys, and must stand alone"
    elif key == _RELATIVE:
        if not isinstance(said, str) or seconds(said) is None:
            yield f"`{key}` is {shown(said)}, which is not a duration such as `28 days`"
    elif _is_of_keys(value):
        return
    elif not isinstance(said, str):
        yield f"`{key}` is {shown(said)}, which is not text"
    elif said and not IN_TEXT[key].search(said):  # empty: joined from no names
        yield f"`{key}` is {shown(said)}, in which no `<name>` stands"


def texts(value: Json) -> Iterator[tuple[str, str]]:
    """Every reference in a value: its key and its text."""
    if isinstance(value, Mapping):
        if _is_of_keys(value):
            yield from ((TASK, name) for name in value[TASK])
        yield from ((key, value[key]) for key in IN_TEXT if isinstance(value.get(key), str))
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for part in value:
        yield from texts(part)
