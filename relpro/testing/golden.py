"""Takes a graph and a folder, writes the graph there for review; compares later graphs with it.

Three levels of detail: `labels.txt` has a line for each task with its dependencies, `kinds.txt` the
number of tasks and a digest of all definitions of each kind, `definitions/KIND.json` the complete
first task of each shape.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs
import orjson

from relpro.compare.artifacts import named, offline_labels
from relpro.errors import Origin
from relpro.graph.difference.difference import diff
from relpro.graph.difference.report import make_report
from relpro.graph.difference.text import write_text
from relpro.graph.files import encode, read_json
from relpro.graph.taskgraph import TaskGraph
from relpro.model.phase import PHASES
from relpro.model.task import Json, Task
from relpro.testing.reconstruction import reconstruct, shape_of
from relpro.writing import Write, write_folder

_ARROW = "  <- "
#: The preferred maximum length of a line of JSON.
_WIDTH = 100

_REMEDIES = (
    "`relpro diff --stage morphed --full`, with the parameters and the phase of this test, shows"
    " every value\n`pytest --golden-update` writes the golden graph anew"
)


def write_golden(graph: TaskGraph, folder: Path) -> None:
    """Write the golden graph in `folder`; other files there are kept."""
    graph = _without_ids(graph)
    definitions = {f"{kind}.json": _definitions(tasks) for kind, tasks in _by_kind(graph).items()}
    outline = {
        "labels.txt": "".join(_label_lines(graph)),
        "kinds.txt": _kinds_text(_digests(graph)),
    }
    for place, files in ((folder / "definitions", definitions), (folder, outline)):
        write_folder(place, ((name, _writer(text)) for name, text in files.items()))
    for path in (folder / "definitions").iterdir():
        if path.name not in definitions:  # of a kind that no longer has tasks
            path.unlink()


def _definitions(tasks: Iterable[Task]) -> str:
    content = {task.label: orjson.loads(encode(task.to_json())) for task in _samples(tasks)}
    return pretty(content) + "\n"


def _writer(text: str) -> Write:
    return lambda file: file.write(text.encode())


def compare_golden(graph: TaskGraph, folder: Path) -> str:
    """The difference between a graph and the golden one, in words; empty if there is none."""
    if not (folder / "labels.txt").is_file():
        return f"there is no golden graph in {folder}: run `pytest --golden-update` and review it"
    graph = _without_ids(graph)
    digests, known = _digests(graph), _read_kinds(folder / "kinds.txt")
    lines = (folder / "labels.txt").read_text(encoding="utf-8")
    if digests == known and lines == "".join(_label_lines(graph)):
        return ""
    golden = _golden_graph(folder, graph, known)
    difference, found = diff(golden, graph), _digests(golden)
    said = write_text([make_report(difference, folder.name)]) if difference else f"{folder.name}:\n"
    unsure = [kind for kind in known if found.get(kind) != known[kind]]
    what = "differs, or more of it, in tasks of which the golden graph keeps only a digest"
    said += "".join(f"  ? {kind}: {what}\n" for kind in unsure)
    return f"{said}\n{_REMEDIES}"


def pretty(value: Json, indent: int = 0) -> str:
    """JSON for people: keys sorted; values that fit into one line are on one line."""
    compact = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if len(compact) + indent <= _WIDTH or not value or not isinstance(value, dict | list):
        return compact
    if isinstance(value, dict):
        items = ((json.dumps(key, ensure_ascii=False), value[key]) for key in sorted(value))
        lines = [f"{key}: {pretty(item, indent + 2)}" for key, item in items]
    else:
        lines = [pretty(item, indent + 2) for item in value]
    space = "\n" + " " * (indent + 2)
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}{space}{f',{space}'.join(lines)}\n{' ' * indent}{end}"


def _without_ids(graph: TaskGraph) -> TaskGraph:
    labels = offline_labels(graph)
    return TaskGraph.of(
        attrs.evolve(task, definition=_sorted_needs(named(task.definition, labels)))
        for task in graph
    )


def _sorted_needs(body: dict[str, Json]) -> Mapping[str, Json]:
    if "dependencies" not in body:
        return body
    return {**body, "dependencies": sorted(body["dependencies"])}


def _by_kind(graph: TaskGraph) -> Mapping[str, list[Task]]:
    kinds: dict[str, list[Task]] = {}
    for task in sorted(graph, key=lambda task: (task.kind, task.label)):
        kinds.setdefault(task.kind, []).append(task)
    return kinds


def _label_lines(graph: TaskGraph) -> Iterator[str]:
    """One line for each task, by phase and label."""
    rank = {phase: at for at, phase in enumerate(PHASES)}
    named_phases = [(task.attributes.get("shipping_phase") or "-", task) for task in graph]
    for phase, task in sorted(named_phases, key=lambda p: (rank.get(p[0], -1), p[1].label)):
        needs = sorted({*task.dependencies.values(), *task.soft_dependencies})
        arrow = f"{_ARROW}{', '.join(needs)}" if needs else ""
        yield f"{phase:<7}  {task.label}{arrow}\n"


def _digests(graph: TaskGraph) -> Mapping[str, tuple[int, str]]:
    """Kind -> number of tasks and digest of all of them."""
    digests = {}
    for kind, tasks in _by_kind(graph).items():
        digest = hashlib.sha256(b"\n".join(encode(task.to_json()) for task in tasks))
        digests[kind] = (len(tasks), digest.hexdigest()[:16])
    return digests


def kinds_text(graph: TaskGraph) -> str:
    """The content of `kinds.txt`: the number of tasks and the digest of each kind, one per line."""
    return _kinds_text(_digests(_without_ids(graph)))


def _kinds_text(digests: Mapping[str, tuple[int, str]]) -> str:
    return "".join(f"{count:>6}  {digest}  {kind}\n" for kind, (count, digest) in digests.items())


def _read_kinds(path: Path) -> Mapping[str, tuple[int, str]]:
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {kind: (int(count), digest) for count, digest, kind in rows}


def _samples(tasks: Iterable[Task]) -> Iterator[Task]:
    """The first task of each shape."""
    shapes = set[bytes]()
    for task in tasks:
        shape = shape_of(task)
        if shape not in shapes:
            shapes.add(shape)
            yield task


def _golden_graph(
    folder: Path, graph: TaskGraph, known: Mapping[str, tuple[int, str]]
) -> TaskGraph:
    """The golden graph. Tasks that are kept only as digests are guessed; digests verify a guess.

    The first guess is that those tasks are as in `graph`, the second that they changed in the same
    way as the tasks that are kept.
    """
    samples: dict[str, Task] = {}
    for path in sorted((folder / "definitions").glob("*.json")):
        samples |= {task.label: task for task in read_json(path.read_bytes(), str(path))}
    lines = (folder / "labels.txt").read_text(encoding="utf-8").splitlines()
    kinds = sorted(known, key=lambda kind: -len(kind))
    golden = TaskGraph.of(_golden_task(line, samples, graph, kinds) for line in lines)
    tasks = {task.label: task for task in golden}
    for kind, digest in _digests(golden).items():
        if digest != known.get(kind):
            labels = [task.label for task in golden if task.kind == kind and task.label in graph]
            shown = [samples[label] for label in labels if label in samples]
            guess = reconstruct((graph[label] for label in labels), shown)
            if _digests(guess) == {kind: known.get(kind)}:
                tasks |= {task.label: task for task in guess}
    return TaskGraph.of(tasks.values())


def _golden_task(
    line: str, samples: Mapping[str, Task], graph: TaskGraph, kinds: Iterable[str]
) -> Task:
    words, _, needed = line.partition(_ARROW)
    label = words.split()[1]
    if label in samples:
        return samples[label]
    needs = needed.split(", ") if needed else []
    if label not in graph:
        kind = next((kind for kind in kinds if label.startswith(f"{kind}-")), "")
        name = label.removeprefix(f"{kind}-")
        return Task(label, kind, name, "", {}, {one: one for one in needs}, {}, Origin(""))
    task = graph[label]
    now = {*task.dependencies.values(), *task.soft_dependencies}
    if now == {*needs}:
        return task
    kept = {name: one for name, one in task.dependencies.items() if one in needs}
    return attrs.evolve(
        task, dependencies={**kept, **{one: one for one in needs if one not in now}}
    )
