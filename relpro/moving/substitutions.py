"""Takes a task with `matrix`, `chunk` or `task-context`, gives it with the variables of relpro.

In taskgraph these format certain texts of a task. In relpro every text is a template, so each
formatted field becomes a variable, or its value if that is known.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from typing import Any, Final

from relpro.errors import RelproError
from relpro.model.task import Json
from relpro.moving.merged import is_keyed, without
from relpro.moving.reading import read_source
from relpro.moving.setting import Setting
from relpro.moving.texts import (
    Lookup,
    dollars,
    formatted,
    formatted_all,
    lone_variable,
    texts_of,
    variable_named,
)
from relpro.values.placeholders import placeholders

Data = dict[str, Any]

#: A field of a matrix that somebody formats before it is filled in.
_DOUBLED: Final = re.compile(r"\{\{(matrix\[[^\]]*\])\}\}")


def matrix(data: Data, setting: Setting) -> Data:
    """The section `matrix`, with the formatted texts."""
    said = data.get("matrix")
    if not isinstance(said, Mapping):
        return data
    axes = without(said, "set-name", "substitution-fields", "exclude")
    fields = said.get("substitution-fields", [key for key in data if key != "matrix"])
    names = {f"matrix[{axis}]": variable_named(axis) for axis in axes}
    made = _filled_before(data) if _is_filled_before("matrix", setting) else dict(data)
    made["matrix"] = {**axes, **({"exclude": said["exclude"]} if said.get("exclude") else {})}
    if set_name := said.get("set-name"):
        made["matrix"]["set-name"] = False
        made["name"] = set_name
        fields = [*fields, "name"]
    return _filled(made, dict.fromkeys(fields), names.get, setting)


def _is_filled_before(shipped: str, setting: Setting) -> bool:
    """Whether Python of the tree formats texts before a transform of taskgraph does."""
    modules = {module.name: module for module in setting.own_modules}
    before = takewhile(lambda step: step.shipped != shipped, setting.chain.steps)
    return any(step.module in modules and modules[step.module].fills for step in before)


def _filled_before(value: object) -> Json:
    """A value in which `{{matrix[x]}}` is `{matrix[x]}`, as whoever formats it first leaves it."""
    if isinstance(value, str):
        return _DOUBLED.sub(r"{\1}", value)
    if isinstance(value, list):
        return [_filled_before(part) for part in value]
    if isinstance(value, Mapping):
        return {key: _filled_before(part) for key, part in value.items()}
    return value


def chunking(data: Data, setting: Setting) -> Data:
    """The section `chunks`, with the formatted texts."""
    said = data.get("chunk")
    made = without(data, "chunk")
    if not isinstance(said, Mapping):
        return made
    made["chunks"] = {"total": said.get("total-chunks"), "set-name": False}
    names = {name: variable_named(name) for name in ("this_chunk", "total_chunks")}
    return _filled(made, said.get("substitution-fields", ()), names.get, setting)


def task_context(data: Data, setting: Setting) -> Data:
    """The formatted texts; relpro needs no section for this."""
    said = data.get("task-context")
    made = without(data, "task-context")
    if not isinstance(said, Mapping):
        return made
    values: dict[str, Any] = {**_of_file(said, setting)}
    own = said.get("from-object")
    values |= own if isinstance(own, Mapping) else {}
    if custom := said.get("from-custom"):
        why = "a variable of relpro is an attribute, or stands under `variables` of config.yml"
        setting.hand(("task-context", "from-custom"), f"context {custom} is computed", why)
    for name, parameter in (said.get("from-parameters") or {}).items():
        values[name] = _of_parameter(name, parameter, setting)
    values.setdefault("name", variable_named("name"))
    fields = said.get("substitution-fields", ())
    made = _chosen(made, fields, values)
    return _filled(made, fields, lambda field: _deep(values, field), setting)


def _of_file(said: Mapping[str, object], setting: Setting) -> Mapping[str, object]:
    name = said.get("from-file")
    if not isinstance(name, str):
        return {}
    path = ("task-context", "from-file")
    try:
        found = read_source(setting.repository.root / name, name).data
    except RelproError as error:
        setting.hand(path, f"the context of `{name}` is missing", error.diagnostics[0].what)
        return {}
    setting.left_out(path, f"`{name}` is read no more", "its values stand in the kind")
    return found  # type: ignore[no-any-return]


def _of_parameter(name: str, parameter: object, setting: Setting) -> object:
    several = [str(one) for one in (parameter if isinstance(parameter, list) else [parameter])]
    path = ("task-context", "from-parameters", name)
    for one in several:
        if not is_placeable(one):
            why = "no placeholder can say it: compute a parameter of that name"
            setting.hand(path, f"`{one}` is parameter `{part_of_parameter(one)}` now", why)
    if len(several) > 1:
        why = f"it was the first of {', '.join(several)} that has a value"
        setting.hand(path, f"`{{{name}}}` is the first of them alone", why)
    first = several[0]
    return variable_named(first if is_placeable(first) else part_of_parameter(first))


def is_placeable(name: str) -> bool:
    """Whether a placeholder can stand for a parameter, or a part of one: `a.b-c`."""
    return next(placeholders(f"{{{name}}}"), None) == name


def part_of_parameter(name: str) -> str:
    """The parameter for a part of another: `a.b-c` -> `a_b_c`."""
    return name.replace(".", "_").replace("-", "_")


def _chosen(data: Data, fields: Iterable[str], values: Mapping[str, Any]) -> Data:
    """The fields with each choice resolved that a known value of the context decides."""

    def choose(value: Json) -> Json:
        while is_keyed(value):
            (key,) = value
            name = key.removeprefix("by-")
            known = values.get(name)
            if not isinstance(known, str) or known == variable_named(name) or not value[key]:
                return value
            if variable := lone_variable(known):
                return {f"by-{variable}": {k: choose(v) for k, v in value[key].items()}}
            choices = value[key]
            value = choices.get(known, choices.get("default", value))
        return value

    made = dict(data)
    for field in fields:
        made = _replaced(made, tuple(field.split(".")), choose)
    return made


def _deep(values: Mapping[str, object], field: str) -> object:
    """The value of a field in a format string: a name, or `name[key][key]`."""
    name, *keys = field.replace("]", "").split("[")
    found: Any = values.get(name)
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _filled(data: Data, fields: Iterable[str], lookup: Lookup, setting: Setting) -> Data:
    """The task with some texts formatted."""
    made = dict(data)
    for field in fields:
        made = _with_field(made, tuple(field.split(".")), lookup, setting)
    return made


def _with_field(data: Data, steps: tuple[str, ...], lookup: Lookup, setting: Setting) -> Data:
    def named(name: str) -> Json:
        value = lookup(name)
        return value if value is not None else filled_by_own(setting, steps, name)

    def unknown(name: str) -> None:
        setting.hand(steps, f"`{{{name}}}`", "nothing of the kind fills it in")

    if steps == ("name",) and "name" not in data:
        said = setting.task.name
        return {**data, "name": formatted(said, named, unknown)} if "{" in said else data
    made = _replaced(data, steps, lambda value: formatted_all(value, named, unknown))
    if any(map(dollars, texts_of(made.get(steps[0])))):
        why = "`${name}` is text to relpro: write it with a variable of the environment"
        setting.hand(steps, "a variable stands right behind a `$`", why)
    return made


def filled_by_own(setting: Setting, path: tuple[str, ...], name: str) -> str | None:
    """The variable for a field that a transform of the repository may format."""
    if not setting.fillers or not name.isidentifier() or name != name.lower():
        return None
    by = ", ".join(f"`{one}`" for one in setting.fillers)
    why = f"{by} fills it in: let that transform give the variable"
    setting.hand(path, f"`{{{name}}}`", why)
    return variable_named(name)


def _replaced(data: Data, steps: tuple[str, ...], change: Callable[[Any], Any]) -> Data:
    """The mapping with the value at `steps` changed, if it exists."""
    first, rest = steps[0], steps[1:]
    if first not in data:
        return data
    value = data[first]
    if not rest:
        return {**data, first: change(value)}
    if isinstance(value, Mapping):
        return {**data, first: _replaced(dict(value), rest, change)}
    return data
