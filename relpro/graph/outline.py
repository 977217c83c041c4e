"""Takes a graph, gives a picture of its kinds: boxes by phase, without redundant arrows.

A release has thousands of tasks: a picture of them could be neither drawn nor read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
import orjson

from relpro.graph.taskgraph import TaskGraph
from relpro.model.phase import PHASES

#: Phase -> the colour of its boxes; black text is readable on each.
COLOURS: Mapping[str, str] = {
    "": "#e8e8e8",
    "build": "#cfe3f7",
    "promote": "#d3efd0",
    "push": "#fdeab5",
    "ship": "#f8d0cb",
}

_Edge = tuple[str, str]


@attrs.frozen
class Outline:
    """Kinds by phase, each with its number of tasks, and edges from a kind to its dependents.

    `soft` are edges that consist only of soft dependencies.
    """

    kinds: Mapping[str, Mapping[str, int]]
    hard: tuple[_Edge, ...]
    soft: tuple[_Edge, ...]

    @classmethod
    def of(cls, graph: TaskGraph) -> "Outline":
        """The outline of a graph. A kind is in the phase of its first task."""
        phases: dict[str, str] = {}
        for task in graph:
            phases.setdefault(task.kind, task.attributes.get("shipping_phase") or "")
        counts = Counter(task.kind for task in graph)
        hard = set(_edges(graph, enumerate(graph.hard)))
        soft = set(_edges(graph, graph.soft.items())) - hard
        by_phase = {
            phase: {kind: counts[kind] for kind in sorted(counts) if phases[kind] == phase}
            for phase in ("", *PHASES)
        }
        shown = {phase: kinds for phase, kinds in by_phase.items() if kinds}
        return cls(shown, tuple(sorted(reduced(hard))), tuple(sorted(soft)))


def _edges(graph: TaskGraph, needs: Iterable[tuple[int, Iterable[int]]]) -> Iterator[_Edge]:
    for at, needed in needs:
        for one in needed:
            before, after = graph.tasks[one].kind, graph.tasks[at].kind
            if before != after:
                yield before, after


def reduced(edges: Iterable[_Edge]) -> set[_Edge]:
    """The transitive reduction of the edges, also for kinds that depend on each other."""
    after: dict[str, set[str]] = defaultdict(set)
    for first, then in edges:
        after[first].add(then)
    for first, then in sorted({(one, other) for one, others in after.items() for other in others}):
        after[first].discard(then)
        if not _leads(first, then, after):
            after[first].add(then)
    return {(first, then) for first, every in after.items() for then in every}


def _leads(start: str, end: str, after: Mapping[str, Iterable[str]]) -> bool:
    found, pending = {start}, [start]
    while pending:
        for one in after.get(pending.pop(), ()):
            if one == end:
                return True
            if one not in found:
                found.add(one)
                pending.append(one)
    return False


def mermaid(outline: Outline) -> Iterator[str]:
    """A flow chart for Mermaid; arrows go from a kind to its dependents."""
    yield "flowchart LR"
    names = _numbered(outline)
    for phase, kinds in outline.kinds.items():
        yield f'  subgraph p{_place(phase)}["{phase or "no phase"}"]'
        for kind, count in kinds.items():
            yield f'    {names[kind]}["{kind} ({count:,})"]'
        yield "  end"
        yield f"  style p{_place(phase)} fill:{COLOURS[phase]}"
    yield from (f"  {names[first]} --> {names[then]}" for first, then in outline.hard)
    yield from (f"  {names[first]} -.-> {names[then]}" for first, then in outline.soft)


def dot(outline: Outline) -> Iterator[str]:
    """A digraph for Graphviz; arrows go from a kind to its dependents."""
    yield "digraph kinds {"
    yield "  rankdir=LR;"
    yield '  node [shape=box, style=filled, fillcolor=white, fontname="sans-serif"];'
    for phase, kinds in outline.kinds.items():
        yield f"  subgraph cluster_{_place(phase)} {{"
        yield f'    label="{phase or "no phase"}"; style=filled; color="{COLOURS[phase]}";'
        for kind, count in kinds.items():
            yield f"    {_quoted(kind)} [label={_quoted(f'{kind} ({count:,})')}];"
        yield "  }"
    yield from (f"  {_quoted(first)} -> {_quoted(then)};" for first, then in outline.hard)
    yield from (
        f"  {_quoted(first)} -> {_quoted(then)} [style=dashed];" for first, then in outline.soft
    )
    yield "}"


def _numbered(outline: Outline) -> Mapping[str, str]:
    every: Sequence[str] = [kind for kinds in outline.kinds.values() for kind in kinds]
    return {kind: f"k{at}" for at, kind in enumerate(every)}


def _place(phase: str) -> int:
    return ("", *PHASES).index(phase)


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
