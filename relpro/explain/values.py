"""Takes a task and a path, gives every step that set the value, from the YAML to the body."""

from collections.abc import Iterator

from relpro.errors import Diagnostic, RelproError
from relpro.explain.body import Setting, in_body, setting_beside, settings_by_rows, source_of
from relpro.explain.paths import (
    description_path,
    in_description,
    in_draft,
    in_task,
    nearest_inside,
)
from relpro.explain.recording import History, record
from relpro.explain.written import find_written
from relpro.graph.difference.changes import MISSING, Found, same
from relpro.graph.difference.changes import Path as ValuePath
from relpro.graph.difference.report import path_text
from relpro.model.counted import listed
from relpro.model.nearest import meant
from relpro.model.task import Task
from relpro.pipeline import Pipeline
from relpro.project import Project

#: The most keys that are listed one by one.
_NAMED = 12


def explain_value(pipeline: Pipeline, label: str, path: ValuePath) -> tuple[Setting, ...]:
    """Every step that set the value at a path of a task, in order; the last one counts.

    Raises `RelproError` (O604) if the task has and never had a value there.
    """
    history = record(pipeline, label)
    settings = tuple(_settings(history, path, pipeline.project))
    final = in_task(history.task, path)
    if not settings and final is not MISSING:
        # A list or mapping of a body that nothing has put anything into.
        by = "the engine, where nothing else says anything"
        return (Setting(final, by, history.ctx.entry.entry.origin()),)
    if not settings:
        what = f"task `{label}` has nothing at `{path_text(path)}`"
        remedy = _other_keys(history.task, path)
        raise RelproError(Diagnostic("O604", what, (history.task.origin,), remedy=remedy))
    return settings


def _other_keys(task: Task, path: ValuePath) -> str:
    """Similar paths, for a path that does not exist."""
    place, keys = nearest_inside(task, path)
    where = f"`{path_text(place)}`" if place else "it"
    wrong = str(path[len(place)])
    there = f"{where} has: {listed(keys, _NAMED)}" if keys else f"{where} has no keys"
    return meant(wrong, keys, there)


def _settings(history: History, path: ValuePath, project: Project) -> Iterator[Setting]:
    inside = description_path(path)
    value: Found = MISSING
    for setting in _expanders(history, inside, project):
        yield setting
        value = setting.value
    described = in_description(history.described, inside)
    if described is not MISSING and described not in (None, (), {}, ""):
        yield from _described(history, inside, described, before=value)
    value = described
    for passed in history.passed:
        changed = in_description(passed.after, inside)
        if not same(value, changed):
            yield Setting(
                changed, f"transform `{passed.step.name}`", source_of(passed.step.function, project)
            )
        value = changed
    yield from settings_by_rows(history, path, value, project)
    final = in_task(history.task, path)
    if not in_body(path) and final is not MISSING and not same(value, final):
        yield setting_beside(history, path, final, project)


def _expanders(history: History, inside: ValuePath, project: Project) -> Iterator[Setting]:
    """The values that each expander set, with the section of the entry that it read."""
    entry = history.ctx.entry.entry
    for one in history.expanded:
        value = in_draft(one.after, inside)
        if value is not MISSING and not same(in_draft(one.before, inside), value):
            names = (section.name for section in one.step.sections)
            told = tuple(f"`{name}`: {entry.origin(name)}" for name in names if name in entry.data)
            by = f"transform `{one.step.name}`"
            yield Setting(value, by, source_of(one.step.function, project), told)


def _described(
    history: History, inside: ValuePath, value: Found, *, before: Found
) -> Iterator[Setting]:
    """The entry's value, or else the engine's default; nothing if it has not changed."""
    ctx = history.ctx
    written = find_written(ctx, ctx.scope(history.draft), inside)
    entry = ctx.entry.entry
    if written is not None:
        yield Setting(value, "the kind", entry.origin(*written.path), written.choices)
    elif same(before, value):
        return
    elif inside[0] == "attributes":
        yield Setting(value, "the kind's phase and product", history.draft.origin)
    else:
        yield Setting(value, "the engine, where the kind says nothing", entry.origin())
