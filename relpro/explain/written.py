"""Takes the template of a value and the variables of a task, gives where the value is written.

On the way to it, each `by-*` that chose and each variable that was filled in is noted.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from relpro.explain.paths import look_up, spelling
from relpro.graph.difference.changes import Path
from relpro.graph.difference.report import value_text
from relpro.transform.compiler import compile_template
from relpro.transform.context import Context
from relpro.transform.scope import TaskScope
from relpro.transform.template import (
    Collection,
    Constant,
    Keyed,
    Template,
    Text,
    Variable,
    as_key,
    written,
)


@attrs.frozen
class Written:
    """Where in an entry a value is written, and what was chosen on the way to it."""

    path: Path
    choices: tuple[str, ...]


def _template(data: Mapping[str, Any], path: Path) -> tuple[Path, Template, Path] | None:
    """(path in the entry, template there, rest of the path) for a path of a description."""
    first, *rest = path
    own = data.get("attributes", {})
    if spelling(first) == "attributes" and rest:
        if (key := _key_of(own, rest[0])) is not None:
            place: Path = ("attributes", key)
            return place, compile_template(own[key], place), tuple(rest[1:])
        first, *rest = rest
    if (key := _key_of(data, first)) is not None:
        return (key,), compile_template(data[key], (key,)), tuple(rest)
    return None


def _key_of(data: Mapping[str, Any], wanted: str | int) -> str | None:
    return next((key for key in data if spelling(key) == spelling(wanted)), None)


def find_written(ctx: Context, scope: TaskScope, path: Path) -> Written | None:
    """Where the entry says the value at a path of the description; None where it does not."""
    found = _template(ctx.entry.entry.data, path)
    if found is None:
        return None
    place, template, rest = found
    notes: list[str] = []
    while True:
        if isinstance(template, Keyed):
            key, template = _chosen(template, scope, notes)
            place = (*place, *key)
        elif isinstance(template, Collection) and rest:
            inner = _part(template, rest[0])
            if inner is None:
                return None
            key_of, template = inner
            place, rest = (*place, key_of), rest[1:]
        else:
            notes += _variables(template, scope, ctx)
            return Written((*place, *_spelled(template, rest)), tuple(notes))


def _spelled(template: Template, path: Path) -> Path:
    """A path inside a constant, in the spelling of the file."""
    value = template.value if isinstance(template, Constant) else None
    keys: list[str | int] = []
    for part in path:
        key = _key_of(value, part) if isinstance(value, Mapping) else None
        keys.append(part if key is None else key)
        value = look_up(value, (part,))
    return tuple(keys)


def _part(template: Collection, wanted: str | int) -> tuple[str | int, Template] | None:
    if template.keys is None:
        at = int(wanted) if str(wanted).isdecimal() else len(template.parts)
        return (at, template.parts[at]) if at < len(template.parts) else None
    for key, part in zip(template.keys, template.parts, strict=True):
        if spelling(key) == spelling(wanted):
            return key, part
    return None


def _chosen(template: Keyed, scope: TaskScope, notes: list[str]) -> tuple[Path, Template]:
    """The alternative that a `by-*` takes, and the way to it."""
    value = scope[template.attribute]
    chosen = template.choose(value)
    key = _key(template, chosen)
    word = f"by-{written(template.attribute)}"
    notes.append(f"{word}: `{as_key(value)}` takes `{key}`")
    return (word, key), chosen


def _key(template: Keyed, chosen: Template) -> str:
    return next((key for key, one in template.exact.items() if one is chosen), "default")


def _variables(template: Template, scope: TaskScope, ctx: Context) -> Iterator[str]:
    """What each variable of a text stood for, and what chose among its alternatives."""
    if not isinstance(template, Text | Variable):
        return
    for name in template.names:
        yield f"{{{written(name)}}} is {value_text(scope[name])}"
        inner = ctx.release.variables.get(name)
        if inner is None:
            continue
        notes: list[str] = []
        while isinstance(inner, Keyed):
            _, inner = _chosen(inner, scope, notes)
        yield from (f"{{{written(name)}}} {note}" for note in notes)
