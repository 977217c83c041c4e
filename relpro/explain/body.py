"""Takes the history of a task, gives the rows of its body that set a value, and their sources.

Values outside the body, such as the edges of a task, may also come from the payload builder.
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

#: The source of a value, in words, and its place; None if it is in no file.
Told = tuple[str, Origin | None]

#: The results of a payload builder outside the body.
_BESIDE = frozenset({"artifacts", "effects"})


@attrs.frozen
class Setting:
    """One step that set a value: `by` in words, at `place`.

    `choices` are notes about keyed values.
    """

    value: Found
    by: str
    place: Origin | None
    choices: tuple[str, ...] = ()


def in_body(path: ValuePath) -> bool:
    """Whether a path is inside the body."""
    return any(path[0] == field.key for field in FIELDS)


def settings_by_rows(
    history: History, path: ValuePath, before: Found, project: Project
) -> Iterator[Setting]:
    """What each row of the body made of the value at a path, in the order of the rows.

    `before` is the value in the description, `MISSING` if there is none.
    """
    said = before is not MISSING and before is not None
    for field, body in bodies_by_rows(history.making):
        value = look_up(body, path)
        if value is MISSING or same(before, value):
            continue
        # The description's value comes before the configuration's; only its spelling is the
        # queue's.
        if not (said and field.made_of.what == "configuration"):
            yield Setting(value, *_words_of(field.made_of, history, project))
        before = value


def setting_beside(history: History, path: ValuePath, value: Found, project: Project) -> Setting:
    """The step that set a value outside the body."""
    name, *inside = path
    if name == "dependencies":
        return _edge_of_payload(history, tuple(inside), value, project)
    if name in _BESIDE:
        return Setting(value, *_builder(history, project))
    return Setting(value, "what set it is not known", history.task.origin)


def _edge_of_payload(
    history: History, inside: ValuePath, value: Found, project: Project
) -> Setting:
    """The source of an edge that neither the kind nor a transform set: a key of `worker`."""
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
            words = " and ".join(f"`{name}`" for name in source.parameters)
            where = history.ctx.parameters.source(source.parameters[0])
            return f"made of parameter {words}", where
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
    """The file of a function: relative to the project, or to the folder of its package."""
    function = inspect.unwrap(function)
    if not inspect.isfunction(function):
        return Origin(function.__module__)
    code = function.__code__
    file = project.relative(code.co_filename)
    if Path(file).is_absolute():
        file = f"{function.__module__.replace('.', '/')}.py"
    return Origin(file, code.co_firstlineno)
