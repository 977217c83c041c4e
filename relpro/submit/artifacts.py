"""Takes the graphs of a generation, gives the files that a decision task publishes.

write_folder(Path("artifacts/public"), decision_artifacts(...))
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import BinaryIO

import orjson
import yaml

from relpro.graph.files import Texts, encode, texts_of, write_json, written
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision
from relpro.model.parameters import Parameters
from relpro.submit.intended import Intended
from relpro.writing import Write
from relpro.yaml.scalars import resolve_scalar


def decision_artifacts(
    *,
    parameters: Parameters,
    full: TaskGraph,
    target: TaskGraph,
    morphed: TaskGraph,
    label_to_taskid: Mapping[str, str],
    submitted: Sequence[Intended],
    decisions: Iterable[Decision],
    actions: Mapping[str, object] | None = None,
) -> Iterator[tuple[str, Write]]:
    """Name and writer of each file; names are below `public/`.

    `submitted` are the tasks of `morphed` as submitted: bodies in `task-graph.json` are taken from
    them, with relative dates, for Chain of Trust to compare. `actions` is the content of
    `actions.json`, which is omitted without it.
    """
    yield "parameters.yml", partial(_write_yaml, parameters.values)
    yield "full-task-graph.json", partial(write_json, texts_of(full))
    yield "target-tasks.json", partial(_write_value, sorted(target.labels))
    yield "task-graph.json", partial(write_json, task_texts(morphed, label_to_taskid, submitted))
    yield "label-to-taskid.json", partial(_write_value, dict(label_to_taskid))
    yield "decisions.jsonl", partial(_write_lines, decisions)
    if actions is not None:
        yield "actions.json", partial(_write_value, actions)


def task_texts(
    graph: TaskGraph, task_ids: Mapping[str, str], submitted: Sequence[Intended]
) -> Texts:
    """Each task id with the JSON of its task, sorted; dependencies are task ids as well."""
    for task in sorted(submitted, key=lambda task: task.task_id):
        node = graph[task.label]
        known = {
            name: task_ids[label] for name, label in node.dependencies.items() if label in task_ids
        }
        shown = {
            **written(node),
            "dependencies": known,
            "task": task.body,
            "task_id": task.task_id,
        }
        yield task.task_id, encode(shown)


def _write_yaml(values: Mapping[str, object], file: BinaryIO) -> None:
    # Converted through JSON, so that only JSON's types are left.
    plain = orjson.loads(encode(values))
    file.write(yaml.dump(plain, Dumper=_Dumper, allow_unicode=True).encode())


#: Texts that other YAML 1.2 parsers read as numbers.
_NUMBER = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
)


class _Dumper(yaml.CSafeDumper):
    """Quotes texts such as `1e3` or `0018`, which only relpro and YAML 1.1 read as texts."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        is_text = isinstance(resolve_scalar(text), str) and not _NUMBER.fullmatch(text)
        style = None if is_text else "'"
        return self.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _Dumper.represent_text)


def _write_value(value: Mapping[str, object] | Sequence[str], file: BinaryIO) -> None:
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    file.write(orjson.dumps(value, option=options))


def _write_lines(decisions: Iterable[Decision], file: BinaryIO) -> None:
    file.writelines(encode(decision.to_json()) + b"\n" for decision in decisions)
