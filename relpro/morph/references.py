"""Takes definitions, gives the references in them, and what is wrong with those.

A reference is `{"task-reference": "... <dependency> ..."}`, a text in which names of dependencies
stand for task ids, or `{"artifact-reference": "... <dependency/public/artifact> ..."}`, in which
they stand for the URLs of artifacts. `<self>` is the task itself, `<decision>` its creator. Doubled
brackets are text: `<<name>>` becomes `<name>`. Names of caches are keys: where one refers, all are
below `task-reference`, as in `{"task-reference": {"cache-<dependency>": "/path"}}`.
"""

import re
from collections.abc import Iterator, Mapping

import attrs
import orjson

from relpro.errors import SHOWN, Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.nearest import meant, nearest
from relpro.model.task import Json, Task
from relpro.values.validators import seconds
from relpro.values.wording import shown

#: The parts of a definition in which references may stand: the others are never looked through.
REFERRING = ("payload", "extra", "dependencies")

SELF = "self"
DECISION = "decision"

TASK = "task-reference"
_ARTIFACT = "artifact-reference"
#: The first group is text, the others are a name and an artifact.
IN_TEXT = {
    TASK: re.compile(r"<(<[^<>]*>)>|<([^<>\s]+)>"),
    _ARTIFACT: re.compile(r"<(<[^<>]*>)>|<([^<>\s/]+)/?([^<>]*)>"),
}
_CONTAINERS = frozenset({dict, list, tuple})
#: A reference in JSON text. Inside a text quotes are escaped, so there it cannot match.
_IN_JSON = re.compile(rb'\{"((?:task|artifact)-reference)":("[^"\\]*(?:\\.[^"\\]*)*")\}')

_KEY_IN_JSON = re.compile(rb'"(?:task|artifact)-reference":')
_RELATIVE = "relative-datestamp"
_DATE = b'"relative-datestamp":'


@attrs.frozen
class Reference:
    """A name in angle brackets: a dependency, and an artifact of it unless its id is meant."""

    name: str
    artifact: str | None = None


@attrs.frozen(eq=False, repr=False)
class Search:
    """Finds references, and looks through each part and each text once.

    Tasks share their payloads where they can; parts are told apart by identity, and held so that
    no other can take it.
    """

    _parts: dict[int, tuple[Json, tuple[Reference, ...]]] = attrs.field(factory=dict, init=False)
    _texts: dict[tuple[bytes, bytes], dict[Reference, None]] = attrs.field(factory=dict, init=False)
    _faults: dict[int, tuple[str, ...]] = attrs.field(factory=dict, init=False)

    def in_definition(self, definition: Mapping[str, Json]) -> tuple[Reference, ...]:
        """The references of a task, each once, in the order in which they are written."""
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

    def faults_of(self, definition: Mapping[str, Json]) -> tuple[str, ...]:
        """What is filled in later, of a task, and cannot be: a text for each, once."""
        found: dict[str, None] = {}
        for name in REFERRING:
            if part := definition.get(name):
                self.in_part(part)
                found.update(dict.fromkeys(self._faults.get(id(part), ())))
        return tuple(found)

    def _look_through(self, part: Json) -> tuple[Reference, ...]:
        """References are found in JSON text: making it is faster than walking through values."""
        text = orjson.dumps(part)
        is_dated = _DATE in text
        if not is_dated and b'-reference":' not in text:
            return ()
        found: dict[Reference, None] = {}
        references = _IN_JSON.findall(text)
        for written in references:
            if written not in self._texts:
                self._texts[written] = _named(*written)
            found.update(self._texts[written])
        is_odd = len(_KEY_IN_JSON.findall(text)) > len(references)
        if is_odd:
            found.update(dict.fromkeys(_in_keys(part)))
        if is_dated or is_odd or not all(self._texts[one] for one in references):
            self._faults[id(part)] = tuple(faults(part))
        return tuple(found)


def _named(key: bytes, text: bytes) -> dict[Reference, None]:
    return dict.fromkeys(_references(key.decode(), orjson.loads(text)))


def _references(key: str, text: str) -> Iterator[Reference]:
    matches = IN_TEXT[key].finditer(text)
    return (Reference(*match.groups()[1:]) for match in matches if not match[1])


def _in_keys(value: Json) -> Iterator[Reference]:
    """The references in the keys of mappings."""
    for inner in _of_whole_mappings(value):
        for key in inner:
            yield from _references(TASK, key)


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


def faults(value: Json) -> Iterator[str]:
    """A text for each reference and relative date in `value` that could not be filled in."""
    if isinstance(value, Mapping):
        for key in value.keys() & {*IN_TEXT, _RELATIVE}:
            yield from _fault(key, value)
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
            yield f"`{key}` is {shown(said)}, which is no duration such as `28 days`"
    elif _is_of_keys(value):
        return
    elif not isinstance(said, str):
        yield f"`{key}` is {shown(said)}, which is no text"
    elif said and not IN_TEXT[key].search(said):  # empty: what is joined of no names
        yield f"`{key}` is {shown(said)}, in which no `<name>` stands"


def check_references(graph: TaskGraph) -> Iterator[Diagnostic]:
    """A diagnostic for each reference that names no dependency (G304) or no artifact (G305).

    And for each reference or relative date that cannot be filled in (G331), once for all tasks of
    a file.
    """
    search = Search()
    told = 0
    said: set[tuple[str, str]] = set()
    for task in graph:
        for fault in search.faults_of(task.definition):
            if (task.origin.file, fault) not in said:
                said.add((task.origin.file, fault))
                yield Diagnostic("G331", f"task `{task.label}`: {fault}", (task.origin,))
        for reference in search.in_definition(task.definition):
            if (problem := _check(graph, task, reference, suggest=told < SHOWN)) is not None:
                told += 1
                yield problem


def _check(
    graph: TaskGraph, task: Task, reference: Reference, *, suggest: bool
) -> Diagnostic | None:
    name, artifact = reference.name, reference.artifact
    if name not in task.dependencies and name not in (SELF, DECISION):
        return _unknown_name(graph, task, reference)
    if name == DECISION and name not in task.dependencies:
        return None
    label = task.dependencies.get(name, task.label)
    if artifact is None or label not in graph or graph[label].makes(artifact):
        return None
    return _unknown_artifact(task, graph[label], reference, suggest=suggest)


def _unknown_name(graph: TaskGraph, task: Task, reference: Reference) -> Diagnostic:
    name, names = reference.name, tuple(task.dependencies)
    listed = ", ".join(f"`{one}`" for one in names[:8]) or "none"
    remedy = f"its dependencies are: {listed}"
    if (edge := _edge_to(graph, task, name)) is not None:
        remedy = f"it depends on `{task.dependencies[edge]}`, and calls that `<{edge}>`"
    elif (close := nearest(name, names)) is not None:
        remedy = f"did you mean `<{close}>`?"
    return Diagnostic(
        "G304",
        f"`<{name}>` is none of the dependencies of the task that refers to it",
        (task.origin,),
        f"task `{task.label}`",
        remedy=remedy,
        said=_text_with(task, reference),
    )


def _edge_to(graph: TaskGraph, task: Task, name: str) -> str | None:
    """The edge to a task that is called otherwise here, as `names` of from-deps says: by kind."""
    for edge, label in task.dependencies.items():
        if label == name or (label in graph and graph[label].kind == name):
            return edge
    return None


def _text_with(task: Task, reference: Reference) -> str:
    """The text of a task in which a reference stands."""
    for name in REFERRING:
        for key, text in _texts(task.definition.get(name)):
            if reference in _references(key, text):
                return text
    return ""


def _texts(value: Json) -> Iterator[tuple[str, str]]:
    """Every reference in a value: its key and its text."""
    if isinstance(value, Mapping):
        if _is_of_keys(value):
            yield from ((TASK, name) for name in value[TASK])
        yield from ((key, value[key]) for key in IN_TEXT if isinstance(value.get(key), str))
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for part in value:
        yield from _texts(part)


def _unknown_artifact(
    task: Task, upstream: Task, reference: Reference, *, suggest: bool
) -> Diagnostic:
    artifact = reference.artifact or ""
    why = "" if upstream.artifacts else f"`{upstream.label}` publishes no artifact"
    what = f"`<{reference.name}/{artifact}>` is no artifact of the task behind it"
    return Diagnostic(
        "G305",
        what if artifact else f"`<{reference.name}>` names no artifact",
        tuple(dict.fromkeys((task.origin, upstream.origin))),
        f"task `{task.label}`, of `{upstream.label}`",
        why,
        meant(artifact, upstream.artifacts) if suggest else "",
        _text_with(task, reference),
    )
