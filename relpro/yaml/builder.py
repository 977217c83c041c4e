"""Takes the events of a YAML parser one by one, gives plain data and the places of its values."""

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import yaml

from relpro.errors import Diagnostic, Origin
from relpro.model.nearest import nearest
from relpro.values.portable import DEEPEST, LARGEST_EXACT
from relpro.values.wording import written
from relpro.yaml.places import LEAF, Node, pack, unpack
from relpro.yaml.scalars import resolve_scalar

#: The most values in a document, counted with every alias expanded.
LARGEST = 5_000_000

_TAG: Final = "tag:yaml.org,2002:"
_TAGGED: Final[dict[str, tuple[type, ...]]] = {
    _TAG + "int": (int,),
    _TAG + "float": (float, int),
    _TAG + "bool": (bool,),
    _TAG + "null": (type(None),),
}
_NO_KEY: Final = object()
_BROKEN_KEY: Final = object()
_MERGE: Final = object()

#: Records a mistake: code, text, packed places, remedy.
_Report = Callable[[str, str, tuple[int, ...], str], None]


class _Anchored(NamedTuple):
    """The value of an anchor; `size` counts its values with all aliases expanded."""

    value: Any
    node: Node
    size: int


class _List:
    """A sequence that is being read."""

    __slots__ = ("anchor", "count", "inner", "place", "starts", "value")

    def __init__(self, place: int, anchor: str | None, count: int) -> None:
        self.place, self.anchor, self.count = place, anchor, count
        self.value: list[Any] = []
        self.starts: dict[Any, int] = {}
        self.inner: dict[Any, Node] = {}

    def add(self, value: object, place: int, node: Node) -> None:
        index = len(self.value)
        self.value.append(value)
        self.starts[index] = place
        if node is not LEAF:
            self.inner[index] = node


class _Mapping:
    """A mapping that is being read: keys and values alternate."""

    __slots__ = (
        "_key",
        "_merged",
        "_report",
        "anchor",
        "count",
        "inner",
        "place",
        "starts",
        "value",
    )

    def __init__(self, place: int, anchor: str | None, count: int, report: _Report) -> None:
        self.place, self.anchor, self.count = place, anchor, count
        self.value: dict[Any, Any] = {}
        self.starts: dict[Any, int] = {}
        self.inner: dict[Any, Node] = {}
        self._report = report
        self._key: Any = _NO_KEY
        self._merged: tuple[tuple[Any, Node], ...] = ()

    @property
    def awaits_key(self) -> bool:
        return self._key is _NO_KEY

    @property
    def merges(self) -> bool:
        return _MERGE in self.starts

    def add(self, value: object, place: int, node: Node) -> None:
        key = self._key
        if key is _NO_KEY:
            self._key = value
            starts = self.starts
            if isinstance(value, dict | list) or value in starts:
                self._refuse_key(value, place)
            else:
                starts[value] = place
            return
        self._key = _NO_KEY
        if key is _MERGE:
            self._merge(value, place, node)
        elif key is not _BROKEN_KEY:
            self.value[key] = value
            if node is not LEAF:
                self.inner[key] = node

    def _refuse_key(self, key: object, place: int) -> None:
        if isinstance(key, dict | list):
            what = f"a {'mapping' if isinstance(key, dict) else 'list'} cannot be a key"
            remedy = "quote the key"
            self._report("Y106", what, (place,), remedy)
            self._key = _BROKEN_KEY
        else:
            first = self.starts[key]
            what = f"key `{'<<' if key is _MERGE else written(key)}` is written twice"
            remedy = "write `<<: [*one, *other]`" if key is _MERGE else "keep one of the two"
            self._report("Y103", what, (place, first), remedy)

    def _merge(self, value: object, place: int, node: Node) -> None:
        if isinstance(value, dict):
            sources: tuple[tuple[Any, Node], ...] = ((value, node),)
        else:
            items = value if isinstance(value, list) else [value]
            sources = tuple((item, node.inner.get(i, LEAF)) for i, item in enumerate(items))
        if all(isinstance(source, dict) for source, _ in sources):
            self._merged += sources
        else:
            remedy = "name one: `<<: *defaults`"
            self._report("Y106", "only mappings can be merged with `<<`", (place,), remedy)

    def put_together(self) -> None:
        """Add merged mappings to a mapping: its own keys win, then those of the first one."""
        self.starts.pop(_MERGE, None)
        sources = (*reversed(self._merged), (self.value, Node(self.starts, self.inner)))
        self.value, self.starts, self.inner = {}, {}, {}
        for source, node in sources:
            for key in source:
                self.inner.pop(key, None)
            self.value.update(source)
            self.starts.update(node.starts)
            self.inner.update(node.inner)


def _is_number(value: object) -> bool:
    return type(value) is int or type(value) is float


class Builder:
    """Collects what has been read so far. Its methods are named after the events that they take.

    `problems` are the mistakes found; `stopped` means that reading on is useless.
    """

    def __init__(self, file: str) -> None:
        self.problems: list[Diagnostic] = []
        self.stopped = False
        self._file = file
        self._documents = _List(0, None, 0)
        self._stack: list[_List | _Mapping] = [self._documents]
        self._anchors: dict[str, _Anchored | None] = {}
        self._count = 0
        self._resolved: dict[str, Any] = {}

    def scalar(self, event: Any) -> None:
        """Take a ScalarEvent."""
        text, mark = event.value, event.start_mark
        place = (mark.line << 32) + mark.column  # `pack`, inlined: this runs for every scalar
        top = self._stack[-1]
        if event.implicit[0]:
            value = self._resolved.get(text, _NO_KEY)
            if value is _NO_KEY:
                value = self._resolve(text, place)
            if isinstance(top, _Mapping) and top.awaits_key:
                # In JSON, keys are always text: `139.0` is a key, and so is `1`.
                value = _MERGE if text == "<<" else text if _is_number(value) else value
        else:
            value = self._tagged(event, place) if event.tag else text
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(value, LEAF, 1)
        self._count += 1
        top.add(value, place, LEAF)

    def open(self, event: Any) -> None:
        """Take a MappingStartEvent or SequenceStartEvent."""
        place = pack(event.start_mark.line, event.start_mark.column)
        if len(self._stack) > DEEPEST:
            what = f"values are nested more than {DEEPEST} deep"
            self._report("Y106", what, (place,), "")
            self.stopped = True
        if event.tag not in {None, "!", _TAG + "map", _TAG + "seq"}:
            self._unknown_tag(event.tag, place)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._stack.append(
            _Mapping(place, event.anchor, self._count, self._report)
            if isinstance(event, yaml.MappingStartEvent)
            else _List(place, event.anchor, self._count)
        )

    def close(self, _event: object) -> None:
        """Take a MappingEndEvent or SequenceEndEvent."""
        frame = self._stack.pop()
        if isinstance(frame, _Mapping) and frame.merges:
            frame.put_together()
        # Most containers hold only scalars; these share one empty mapping.
        node = Node(frame.starts, frame.inner or LEAF.inner)
        self._count += 1
        if frame.anchor:
            size = self._count - frame.count
            self._anchors[frame.anchor] = _Anchored(frame.value, node, size)
        self._stack[-1].add(frame.value, frame.place, node)

    def alias(self, event: Any) -> None:
        """Take an AliasEvent."""
        name = event.anchor
        place = pack(event.start_mark.line, event.start_mark.column)
        anchored = self._anchors.get(name)
        if anchored is None:
            self._report("Y104", *self._dangling(name, place))
            anchored = _Anchored(None, LEAF, 1)
        self._count += anchored.size
        if self._count > LARGEST:
            what = f"the aliases stand for more than {LARGEST:,} values"
            self._report("Y106", what, (place,), "write the values where they are needed")
            self.stopped = True
        self._stack[-1].add(anchored.value, place, anchored.node)

    def finish(self, *, lists: bool = False) -> tuple[object, int, Node]:
        """The only document: its data, its packed place and its node. Records its mistakes.

        It is a mapping, or with `lists` a list.
        """
        documents = self._documents
        starts = documents.starts
        if self.stopped:
            pass
        elif not documents.value or documents.value == [None]:
            self._report("Y105", "the file is empty", (), "")
        elif len(documents.value) > 1:
            remedy = "delete the `---`: a file is one document"
            self._report("Y105", "the file holds a second document", (starts[1],), remedy)
        elif not isinstance(documents.value[0], (dict, list) if lists else dict):
            found = "a list" if isinstance(documents.value[0], list) else "a single value"
            what = f"the file holds {found}, not a mapping"
            self._report("Y105", what, (starts[0],), "write `key: value` lines")
        else:
            return documents.value[0], starts[0], documents.inner[0]
        return {}, 0, LEAF

    def _report(self, code: str, what: str, places: tuple[int, ...], remedy: str) -> None:
        where = tuple(Origin(self._file, *unpack(place)) for place in places)
        where = where or (Origin(self._file),)
        self.problems.append(Diagnostic(code, what, where, remedy=remedy))

    def _resolve(self, text: str, place: int) -> object:
        """The value of a plain scalar, cached unless reading it records a mistake."""
        value = resolve_scalar(text)
        if type(value) is float and not math.isfinite(value):
            what = f"`{text}` is a number that JSON does not have: it would become `null`"
            self._report("Y106", what, (place,), "quote it, or write `null`")
        elif type(value) is int and abs(value) > LARGEST_EXACT:
            what = f"`{text}` is an integer that the queue, and JSON readers, would round"
            self._report("Y106", what, (place,), "quote it")
        else:
            self._resolved[text] = value
        return value

    def _tagged(self, event: Any, place: int) -> object:
        tag, text = event.tag, event.value
        if tag in {_TAG + "str", "!"}:
            return text
        if tag not in _TAGGED:
            self._unknown_tag(tag, place)
            return text
        value = self._resolve(text, place)
        if type(value) not in _TAGGED[tag]:
            what = f"`{text}` is not what its tag `!!{tag.removeprefix(_TAG)}` says"
            self._report("Y106", what, (place,), "leave the tag out")
        return value

    def _unknown_tag(self, tag: str, place: int) -> None:
        written_tag = tag.replace(_TAG, "!!")
        self._report(
            "Y106", f"tag `{written_tag}` has no meaning here", (place,), "leave the tag out"
        )

    def _dangling(self, name: str, place: int) -> tuple[str, tuple[int, ...], str]:
        if name in self._anchors:
            what = f"alias `*{name}` stands inside what `&{name}` names"
            return what, (place,), "a value cannot hold itself"
        close = nearest(name, self._anchors)
        remedy = f"did you mean `*{close}`?" if close else f"write `&{name}` before the value"
        return f"alias `*{name}` names no anchor above it", (place,), remedy
