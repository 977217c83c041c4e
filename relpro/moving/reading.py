"""Takes the text of a YAML file as taskgraph reads it, gives plain data and the line of each part.

taskgraph reads YAML 1.1, in which `on` is a flag and `0x1F` a number; relpro's own reader reads
YAML 1.2 and is stricter. `relpro.moving.layout` writes YAML that both read alike.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import yaml

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.task import Json

Steps = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: YAML 1.1 values that JSON lacks: they stay text.
_AS_WRITTEN: Final = frozenset({"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:binary"})


@attrs.frozen(eq=False, repr=False)
class Source:
    """One YAML file: its name below the root, its data (JSON), and the places in it.

    `lines` are those of values by path, counted from 1; `text` is the file's content.
    """

    file: str
    data: Any
    lines: Mapping[Steps, int]
    text: str

    def line(self, *path: str | int) -> int:
        """The line of a value, or of the nearest one around it that is known."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def origin(self, *path: str | int) -> Origin:
        """The place of a value, for a message."""
        return Origin(self.file, self.line(*path), 0, path)

    def holds(self, *path: str | int) -> bool:
        """Whether a path exists in this file."""
        return path in self.lines

    def comment(self, *path: str | int) -> tuple[str, ...]:
        """The comment lines directly above a key, without `#`."""
        if path not in self.lines:
            return ()
        rows, found = self.text.splitlines(), []
        for row in reversed(rows[: self.lines[path] - 1]):
            if not row.lstrip().startswith("#"):
                break
            found.append(row.strip()[1:].removeprefix(" "))
        return tuple(reversed(found))


def read_source(path: Path, name: str) -> Source:
    """The mapping in a file, shown to people as `name`. Raises `RelproError` (M902)."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        node = yaml.compose(text, Loader=_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise _unreadable(name, error) from None
    if not isinstance(node, yaml.MappingNode):
        what = f"`{name}` holds no mapping"
        raise RelproError(Diagnostic("M902", what, (Origin(name, 1),), remedy="see taskgraph"))
    builder = _Builder(name)
    data = builder.value(node, ())
    return Source(name, data, builder.lines, text)


def _unreadable(name: str, error: Exception) -> RelproError:
    mark = getattr(error, "problem_mark", None)
    where = Origin(name, mark.line + 1, mark.column + 1) if mark else Origin(name)
    why = str(getattr(error, "problem", None) or getattr(error, "strerror", None) or error)
    what = f"`{name}` cannot be read: {why.splitlines()[0]}"
    return RelproError(
        Diagnostic("M902", what, (where,), remedy="correct it until taskgraph can read it")
    )


class _Builder:
    """Makes data from the nodes of a file, and records the line of each."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Steps, int] = {}
        self._open: list[int] = []
        self._plain = yaml.SafeLoader("")

    def value(self, node: yaml.Node, path: Steps) -> Json:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._open:
            what = f"`{self.name}` holds a value that holds itself"
            raise RelproError(Diagnostic("M902", what, (Origin(self.name, self.lines[path]),)))
        self._open.append(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return [self.value(part, (*path, i)) for i, part in enumerate(node.value)]
            return self._scalar(node)
        finally:
            self._open.pop()

    def _mapping(self, node: yaml.MappingNode, path: Steps) -> dict[str, object]:
        found: dict[str, Any] = {}
        for key, part in self._pairs(node):
            name = key.value if isinstance(key, yaml.ScalarNode) else str(key.start_mark)
            if isinstance(key, yaml.ScalarNode) and isinstance(said := self._scalar(key), bool):
                name = str(said).lower()
            self.lines[*path, name] = key.start_mark.line + 1
            found[name] = self.value(part, (*path, name))
        return found

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """The pairs of a mapping, those from `<<` first."""
        own = []
        for key, part in node.value:
            if key.tag != "tag:yaml.org,2002:merge":
                own.append((key, part))
                continue
            several = part.value if isinstance(part, yaml.SequenceNode) else [part]
            for one in reversed(several):
                if isinstance(one, yaml.MappingNode):
                    yield from self._pairs(one)
        yield from own

    def _scalar(self, node: yaml.Node) -> object:
        if node.tag in _AS_WRITTEN or not isinstance(node, yaml.ScalarNode):
            return node.value
        if not node.tag.startswith("tag:yaml.org,2002:"):
            line = node.start_mark.line + 1
            what = f"`{self.name}` has the tag `{node.tag}`, which taskgraph does not read either"
            raise RelproError(Diagnostic("M902", what, (Origin(self.name, line),)))
        try:
            return self._plain.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError):
            return node.value
