"""Takes a task with `from-deps`, gives it with relpro's section."""

import re
from collections.abc import Mapping
from typing import Any

from relpro.model.task import Json
from relpro.moving.setting import Setting
from relpro.moving.texts import formatted_all, variable_named

_GROUPS = ("single", "all")
_KEYS = frozenset(
    {
        *("kinds", "set-name", "with-attributes", "group-by", "copy-attributes", "unique-kinds"),
        "fetches",
    }
)


def from_deps(data: dict[str, Any], setting: Setting) -> dict[str, object]:
    """The section, including taskgraph's defaults; its fetches become those of a task."""
    said = data.get("from-deps")
    if not isinstance(said, Mapping):
        return data
    kinds = list(said.get("kinds", setting.kind_dependencies))
    section: dict[str, Any] = {}
    if "kinds" in said:
        section["kinds"] = kinds
    if "with-attributes" in said:
        section["with-attributes"] = {
            name: _exactly(value) for name, value in (said["with-attributes"] or {}).items()
        }
    if (group := _group(said.get("group-by", "single"), setting)) is not None:
        section["group-by"] = group
    if len(kinds) > 1:
        section["primary"] = kinds
    section["copy-attributes"] = bool(said.get("copy-attributes", False))
    if said.get("unique-kinds") is False:
        section["unique-kinds"] = False
    if (name := _name(said.get("set-name", "strip-kind"), setting)) != "strip-kind":
        section["set-name"] = name
    for key in sorted(set(said) - _KEYS):
        setting.hand(("from-deps", key), f"`from-deps: {key}` is unknown", "taskgraph ignores it")
    made = {**data, "from-deps": section}
    if said.get("fetches"):
        made["fetches"] = {**_fetches(said, setting), **(data.get("fetches") or {})}
    return made


def _group(said: Json, setting: Setting) -> object:
    path = ("from-deps", "group-by")
    if isinstance(said, Mapping) and set(said) == {"attribute"}:
        return {"attribute": said["attribute"]}
    if said in _GROUPS:
        return None if said == "single" else said
    name = next(iter(said), "") if isinstance(said, Mapping) else said
    if setting.adds("group-by", name):
        if isinstance(said, Mapping):
            why = "relpro's function takes no argument: write it into the function"
            setting.hand(path, f"`{name}` groups by `{said[name]}`", why)
        return f"{setting.naming.extension('group', name)}.groups"
    why = "group by an attribute, or by a function of your own"
    setting.hand(path, f"tasks are grouped by `{name}`, which another package does", why)
    return None


def _name(said: object, setting: Setting) -> Json:
    if not said:
        return False
    if said in {"strip-kind", "retain-kind"}:
        return said
    name = next(iter(said), "") if isinstance(said, Mapping) else said
    why = "say `set-name: false` and a `name` with placeholders, or write an `expand` transform"
    setting.hand(("from-deps", "set-name"), f"the name is made by `{name}`", why)
    return "strip-kind"


def _exactly(value: object) -> object:
    """A pattern for exactly this value, since relpro reads a text as a pattern."""
    if isinstance(value, list):
        return [_exactly(one) for one in value]
    if isinstance(value, str):
        return re.sub(r"([.*+?|()\[\]{}\\^$])", r"\\\1", value)
    return value


def _fetches(said: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    copies = bool(said.get("copy-attributes"))
    unique = said.get("unique-kinds", True)

    def named(name: str) -> str | None:
        plain = name.replace("-", "_").isidentifier()
        if not (copies and plain):
            why = "it was an attribute of the upstream task: let `copy-attributes` name it"
            setting.hand(("from-deps", "fetches"), f"`{{{name}}}` is of another task", why)
        return variable_named(name) if plain else None

    found = {}
    for kind, entries in said["fetches"].items():
        made = formatted_all(entries, named, lambda _text: None)
        if not unique:
            why = "`each` puts the files of each task into a folder of its name"
            setting.hand(("from-deps", "fetches", kind), "files of several tasks are fetched", why)
            made = [_each(one) for one in made]
        found[kind] = made
    return found


def _each(entry: Json) -> Json:
    if isinstance(entry, str):
        return {"each": entry}
    return {"each" if key == "artifact" else key: value for key, value in entry.items()}
