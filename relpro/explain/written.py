"""Takes an entry and the variables of a task, gives the place of one of its values.

Each `by-*` that chose an alternative and each variable that was filled in is recorded.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from relpro.explain.paths import look_up, spelling
from relpro.graph.difference.changes import Path
from relpro.graph.difference.report import value_text
from relpro.model.task import Json
from relpro.transform.compiler import keyed_by
from relpro.transform.context import Context
from relpro.transform.scope import TaskScope
from relpro.transform.template import as_key, variable, written
from relpro.values.patterns import Pattern
from relpro.values.placeholders import placeholders


@attrs.frozen
class Written:
    """The place of a value in an entry, and the choices on the path to it."""

    path: Path
    choices: tuple[str, ...]


def find_written(ctx: Context, scope: TaskScope, path: Path) -> Written | None:
    """The place in the entry of the value at a path of the description; None without one."""
    data = ctx.entry.entry.data
    found = _field(data, path)
    if found is None:
        return None
    place, rest = found
    value = look_up(data, place)
    notes: list[str] = []
    while True:
        if keyed_by(value) is not None:
            keys, value = _chosen(value, scope, notes)
            place = (*place, *keys)
        elif rest and isinstance(value, Mapping | list | tuple):
            key = _key_of(value, rest[0], scope)
            if key is None:
                return None
            place, rest, value = (*place, key), rest[1:], value[key]
        else:
            notes += _variables(value, scope, ctx)
            return Written((*place, *rest), tuple(notes))


def _field(data: Mapping[str, object], path: Path) -> tuple[Path, Path] | None:
    """(path in the entry, rest of the path) for a path of a description."""
    first, *rest = path
    own = data.get("attributes", {})
    if spelling(first) == "attributes" and rest:
        if (key := _key_of(own, rest[0])) is not None:
            return ("attributes", key), tuple(rest[1:])
        first, *rest = rest
    key = _key_of(data, first)
    return None if key is None else ((key,), tuple(rest))


def _key_of(value: Json, wanted: str | int, scope: TaskScope | None = None) -> Json:
    """The key or index of `value` that `wanted` means; None if there is none."""
    if isinstance(value, list | tuple):
        at = int(wanted) if str(wanted).isdecimal() else len(value)
        return at if at < len(value) else None
    asked = spelling(wanted)
    names = {key: _filled(key, scope) if scope else key for key in value}
    return next((key for key, name in names.items() if spelling(name) == asked), None)


def _filled(text: str, scope: TaskScope) -> str:
    for name in placeholders(text):
        text = text.replace(f"{{{name}}}", as_key(scope[variable(name)]))
    return text


def _chosen(value: Json, scope: TaskScope, notes: list[str]) -> tuple[Path, Any]:
    """The path to the alternative that a `by-*` chose, and the alternative."""
    ((word, alternatives),) = value.items()
    given = scope[variable(word.removeprefix("by-"))]
    texts = {as_key(key): key for key in alternatives}
    wanted = as_key(given)
    fitting = (text for text in texts if given is not None and Pattern.of(text).fullmatch(wanted))
    text = wanted if wanted in texts else next(fitting, "default")
    notes.append(f"{word}: `{wanted}` takes `{text}`")
    return (word, texts[text]), alternatives[texts[text]]


def _variables(value: object, scope: TaskScope, ctx: Context) -> Iterator[str]:
    """The value of each variable in a text, and what chose among its alternatives."""
    if not isinstance(value, str):
        return
    said = {variable(name): inner for name, inner in ctx.config.variables.items()}
    for name in dict.fromkeys(map(variable, placeholders(value))):
        yield f"{{{written(name)}}} is {value_text(scope[name])}"
        inner, notes = said.get(name), list[str]()
        while keyed_by(inner) is not None:
            _, inner = _chosen(inner, scope, notes)
        yield from (f"{{{written(name)}}} {note}" for note in notes)
