"""Takes a graph, gives its text in one of the formats that people and programs read."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO

import orjson
import yaml

from relpro.graph import outline
from relpro.graph.files import Texts, write_json
from relpro.graph.taskgraph import TaskGraph
from relpro.model.phase import PHASES


class Plain(yaml.CSafeDumper):
    """Writes a value that is used twice without aliases, which would only confuse readers."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the dumper's own signature
        """Never an alias, whatever the `data`."""
        return True


def write_labels(graph: TaskGraph, file: BinaryIO) -> None:
    """One label per line, in alphabetical order."""
    _write(sorted(graph.labels), file)


def write_table(graph: TaskGraph, file: BinaryIO) -> None:
    """A table of the number of tasks, by kind and phase."""
    _write(_table(graph), file)


def write_yaml(texts: Texts, file: BinaryIO) -> None:
    """The content of the JSON file as YAML."""
    empty = True
    for label, text in texts:
        task = {label: orjson.loads(text)}
        file.write(yaml.dump(task, Dumper=Plain, allow_unicode=True, width=100).encode())
        empty = False
    if empty:
        file.write(b"{}\n")


def write_mermaid(graph: TaskGraph, file: BinaryIO) -> None:
    """A flow chart of kinds for Mermaid; arrows go from a kind to its dependents."""
    _write(outline.mermaid(outline.Outline.of(graph)), file)


def write_dot(graph: TaskGraph, file: BinaryIO) -> None:
    """A digraph of kinds for Graphviz; arrows go from a kind to its dependents."""
    _write(outline.dot(outline.Outline.of(graph)), file)


def write_mermaid_tasks(graph: TaskGraph, file: BinaryIO) -> None:
    """A flow chart of tasks for Mermaid; arrows go from a task to its dependents."""
    _write(_mermaid(graph), file)


def write_dot_tasks(graph: TaskGraph, file: BinaryIO) -> None:
    """A digraph of tasks for Graphviz; arrows go from a task to its dependents."""
    _write(_dot(graph), file)


#: The writers of formats that show dependencies.
_OUTLINES: Mapping[str, Callable[[TaskGraph, BinaryIO], None]] = {
    "labels": write_labels,
    "table": write_table,
    "mermaid": write_mermaid,
    "dot": write_dot,
    "mermaid-tasks": write_mermaid_tasks,
    "dot-tasks": write_dot_tasks,
}
#: The writers of formats that show every task completely.
_TEXTS: Mapping[str, Callable[[Texts, BinaryIO], None]] = {"json": write_json, "yaml": write_yaml}

FORMATS = ("labels", "table", "json", "yaml", "mermaid", "dot", "mermaid-tasks", "dot-tasks")


def write(style: str, graph: TaskGraph, texts: Texts, file: BinaryIO) -> None:
    """Write a graph in one of `FORMATS`; `texts` are those of its tasks, in alphabetical order."""
    if style in _OUTLINES:
        _OUTLINES[style](graph, file)
    else:
        _TEXTS[style](texts, file)


def _write(lines: Iterable[str], file: BinaryIO) -> None:
    file.writelines(f"{line}\n".encode() for line in lines)


def _table(graph: TaskGraph) -> Iterator[str]:
    counts = Counter((task.attributes.get("shipping_phase") or "", task.kind) for task in graph)
    rank = {phase: at for at, phase in enumerate(("", *PHASES))}
    rows = [(phase or "-", kind, str(counts[phase, kind])) for phase, kind in counts]
    rows.sort(key=lambda row: (rank.get(row[0], 0), row[1]))
    rows = [("phase", "kind", "tasks"), *rows, ("", "total", str(len(graph)))]
    wide = [max(len(row[column]) for row in rows) for column in range(3)]
    for phase, kind, count in rows:
        yield f"{phase:<{wide[0]}}  {kind:<{wide[1]}}  {count:>{wide[2]}}"


def _mermaid(graph: TaskGraph) -> Iterator[str]:
    yield "flowchart LR"
    for position, task in enumerate(graph):
        name = task.label.replace('"', "#quot;")
        yield f'  t{position}["{name}"]'
    for position, needs in enumerate(graph.hard):
        yield from (f"  t{need} --> t{position}" for need in needs)
    for position, needs in graph.soft.items():
        yield from (f"  t{need} -.-> t{position}" for need in needs)


def _dot(graph: TaskGraph) -> Iterator[str]:
    yield "digraph tasks {"
    yield "  rankdir=LR;"
    names = [orjson.dumps(task.label).decode() for task in graph]
    yield from (f"  {name};" for name in names)
    for position, needs in enumerate(graph.hard):
        yield from (f"  {names[need]} -> {names[position]};" for need in needs)
    for position, needs in graph.soft.items():
        yield from (f"  {names[need]} -> {names[position]} [style=dashed];" for need in needs)
    yield "}"
