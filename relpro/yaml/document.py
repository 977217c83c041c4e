"""Takes YAML text, gives plain data and the line and column of everything in it.

The text is read from the parser's events rather than from its nodes: that is several times faster,
gives the places at no extra cost, and allows all mistakes of a file to be reported at once. Scalars
are those of YAML 1.2 (see `relpro.yaml.scalars`). Anchors, aliases and merge keys (`<<`) work; the
value of an alias is shared, not copied. Tags outside the core schema are refused.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import yaml

from relpro.errors import Diagnostic, Origin, ReadLine, RelproError
from relpro.model.kind import Locations
from relpro.yaml.builder import Builder
from relpro.yaml.places import Places
from relpro.yaml.syntax import explain

#: The parser of libyaml if PyYAML was built with it, else PyYAML's own.
_Parser: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@attrs.frozen(eq=False, repr=False)
class Document:
    """One YAML file. `data` consists of dict, list, str, int, float, bool and None."""

    file: str
    data: Any
    locations: Locations

    def is_same(self, other: "Document") -> bool:
        """Whether another reading of the file gave the same content."""
        return self.locations == other.locations and self.data == other.data


@attrs.frozen(eq=False, repr=False)
class Reader:
    """Reads files. A file whose content has not changed is not parsed again."""

    _read: dict[str, Document] = attrs.field(factory=dict, init=False)

    def __call__(self, path: Path, name: str) -> Document:
        """The mapping in the file at `path`, shown to people as `name`.

        Raises `RelproError` (Y...) with everything that is wrong with the file.
        """
        text = decode(_content(path, name), name)
        known = self._read.get(name)
        if known is None or known.locations.text != text:
            known = self._read[name] = parse(text, name)
        return known


def read(path: Path, name: str) -> Document:
    """Read the mapping in the file at `path`, like a `Reader`."""
    return Reader()(path, name)


def read_any(path: Path, name: str) -> Document:
    """Read the mapping or list in the file at `path`; raises like a `Reader`."""
    return parse(_content(path, name), name, lists=True)


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"`{name}` cannot be read: {(error.strerror or str(error)).lower()}"
        raise RelproError(Diagnostic("Y107", what, (Origin(name),))) from None


def parse(text: str | bytes, name: str, *, lists: bool = False) -> Document:
    """Read the mapping in `text`, shown to people as the file `name`; with `lists`, also a list.

    Raises `RelproError` (Y...) with everything that is wrong with the text.
    """
    decoded = decode(text, name)
    builder = Builder(name)
    try:
        _feed(builder, decoded)
        data, start, node = builder.finish(lists=lists)
    except yaml.YAMLError as error:
        raise RelproError(*builder.problems, explain(error, name, decoded)) from None
    if builder.problems:
        raise RelproError(*builder.problems)
    return Document(name, data, Locations(name, Places(start, node), decoded))


def read_line(root: Path) -> ReadLine:
    """Gives single lines of files below `root` to error messages; each file is read once.

    The result is None if the file or line does not exist or is not text.
    """

    @functools.cache
    def lines(file: str) -> list[str]:
        try:
            return (root / file).read_bytes().decode(errors="replace").split("\n")
        except (OSError, ValueError):
            return []

    def line(file: str, number: int) -> str | None:
        found = lines(file)
        return found[number - 1].rstrip("\r") if 1 <= number <= len(found) else None

    return line


def decode(text: str | bytes, name: str) -> str:
    """The text of a file, without its byte order mark. Raises `RelproError` (Y102)."""
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{content[error.start]:02x} is not UTF-8"
        remedy = "save the file as UTF-8"
        raise RelproError(Diagnostic("Y102", what, (Origin(name, line),), remedy=remedy)) from None


def _feed(builder: Builder, text: str) -> None:
    parser = _Parser(text)
    handlers: dict[type, Callable[[Any], None]] = {
        yaml.ScalarEvent: builder.scalar,
        yaml.MappingStartEvent: builder.open,
        yaml.SequenceStartEvent: builder.open,
        yaml.MappingEndEvent: builder.close,
        yaml.SequenceEndEvent: builder.close,
        yaml.AliasEvent: builder.alias,
    }
    try:
        next_event = parser.get_event
        while (event := next_event()) is not None and not builder.stopped:
            if (handle := handlers.get(type(event))) is not None:
                handle(event)
    finally:
        parser.dispose()
