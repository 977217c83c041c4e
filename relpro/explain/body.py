"""Takes how a task came about, gives which rows of its body set a value, and what they made it of.

What stands beside the body, such as the edges of a task, is partly the payload builder's, too.
"""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs

from relpro.errors import Origin
from relpro.explain.paths import look_up
from relpro.explain.recording import History
from relpro.explain.written import find_written
from relpro.graph.difference.changes import MISSING, Found, same
from relpro.graph.difference.changes import Path as ValuePath
from relpro.project import Project
from relpro.stock.body import FIELDS, Source, bodies_by_rows
from relpro.stock.workers import MODULES, implementation_of

#: What a value is made of, in words, and where that is written; None where it is in no file.
Told = tuple[str, Origin | None]

#: What a payload builder gives beside the body.
_BESIDE = frozenset({"artifacts", "effects"})


@attrs.frozen
class Setting:
    """One thing that set a value: `by` in words, at `place`; `choices` are notes on the way."""

    value: Found
    by: str
    place: Origin | None
    choices: tuple[str, ...] = ()


def in_body(path: ValuePath) -> bool:
    """Whether a path is one of the body, and not of what stands beside it."""
    return any(path[0] == field.key for field in FIELDS)


def settings_by_rows(
    history: History, path: ValuePath, before: Found, project: Project
) -> Iterator[Setting]:
    """What each row of the body made of the value at a path, in the order of the rows.

    `before` is the value that the description has there, `MISSING` where it has none.
    """
    said = before is not MISSING and before is not None
    for field, body in bodies_by_rows(history.making):
        value = look_up(body, path)
        if value is MISSING or same(before, value):
            continue
        # What the task says stands before the configuration: only the words are the queue's.
        if not (said and field.made_of.what == "configuration"):
            yield Setting(value, *_words_of(field.made_of, history, project))
        before = value


def setting_beside(history: History, path: ValuePath, value: Found, project: Project) -> Setting:
    """What set a value that stands beside the body."""
    name, *inside = path
    if name == "dependencies":
        return _edge_of_payload(history, tuple(inside), value, project)
    if name in _BESIDE:
        return Setting(value, *_builder(history, project))
    return Setting(value, "what set it is not known", history.task.origin)


def _edge_of_payload(
    history: History, inside: ValuePath, value: Found, project: Project
) -> Setting:
    """What set an edge that neither the kind nor a transform gave: `worker` asks for it."""
    written = None
    if inside:
        key = ("worker", inside[0])
        written = find_written(history.ctx, history.ctx.scope(history.draft), key)
    if written is None:
        return Setting(value, *_builder(history, project))
    where = history.ctx.entry.entry.origin(*written.path)
    return Setting(value, f"made of `worker.{inside[0]}` of the kind", where, written.choices)


def _words_of(source: Source, history: History, project: Project) -> Told:
    match source.what:
        case "kind":
            return _of_kind(source.name, history)
        case "configuration":
            return _of_configuration(source.name, project)
        case "alias":
            return _of_alias(history.last.worker_type, project)
        case "builder":
            return _builder(history, project)
        case "parameters":
            return f"made of parameter {source.name}", Origin("parameters")
    return "made of kind, name and dependencies of the task", history.task.origin


def _of_kind(key: str, history: History) -> Told:
    entry = history.ctx.entry.entry
    if key in entry.data:
        return f"made of `{key}` of the kind", entry.origin(key)
    return f"made of `{key}` of the task", history.task.origin


def _of_alias(name: str, project: Project) -> Told:
    place = project.config.locations.origin("workers", "aliases", name)
    return f"worker alias `{name}` of the configuration", place


def _of_configuration(key: str, project: Project) -> Told:
    locations = project.config.locations
    said = f"`{key}` of the configuration"
    words = said if (key,) in locations.index else f"the default of {said}"
    return words, locations.origin(key)


def _builder(history: History, project: Project) -> Told:
    name = history.making.pool.implementation
    found = implementation_of(project.config.workers[history.last.worker_type])
    module = f" ({MODULES[name]})" if name in MODULES else ""
    place = source_of(found.build, project) if found else None
    return f"payload builder of `{name}`{module}", place


def source_of(function: Callable[..., Any], project: Project) -> Origin:
    """Where a function is written: relative to the project, or to where its package lies."""
    function = inspect.unwrap(function)
    if not inspect.isfunction(function):
        return Origin(function.__module__)
    code = function.__code__
    file = project.relative(code.co_filename)
    if Path(file).is_absolute():
        file = f"{function.__module__.replace('.', '/')}.py"
    return Origin(file, code.co_firstlineno)
