"""Takes a translated task, separates the parts that relpro cannot read."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import voluptuous

from relpro.moving.merged import is_keyed
from relpro.moving.setting import Setting
from relpro.moving.workers import RENAMED, own_builders
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.transform.entry import FIELDS
from relpro.values import templated
from relpro.values.patterns import fault_of
from relpro.values.validators import lone_choice

#: The prefix of keys with values that relpro does not accept, until a transform converts them.
APART: Final = "taskgraph-"

#: Keys whose values are reported where they are translated.
_ELSEWHERE: Final = frozenset({"worker", "name"})

_NO_LABEL: Final = re.compile(r"[^A-Za-z0-9._,/:+@~=%#{}-]+")

_SCHEMAS: Final[Mapping[str, voluptuous.Schema]] = {
    name: voluptuous.Schema(templated(schema)) for name, schema in FIELDS.items()
}


def fitting(data: dict[str, object], setting: Setting) -> dict[str, Any]:
    """The task; values that relpro does not accept are moved to a key of an own transform."""
    made: dict[str, Any] = {}
    for key, value in data.items():
        if key in {"label", "name"} and isinstance(value, str) and _NO_LABEL.search(value):
            made[key] = _NO_LABEL.sub("-", value)
            why = f"relpro takes letters, digits and `-_.,/:+@~=%#`: it is `{made[key]}` now"
            setting.hand((key,), f"{key} `{value}`", why)
        elif key == "run" and setting.chain.own and (lacking := _lacking(value)):
            name = f"{APART}{key}"
            why = f"a transform of the repository gives it: it stands under `{name}`"
            setting.hand((key,), f"`run` has no `{lacking}`", why)
            made[name] = value
        elif key == "worker":
            made |= _worker(value, data.get("worker-type"), setting)
        elif key in _SCHEMAS and key not in _ELSEWHERE and (fault := _fault(_SCHEMAS[key], value)):
            name = f"{APART}{key}" if setting.chain.own else key
            why = f"relpro takes none such ({fault})"
            why += f": it stands under `{name}`" if name != key else ""
            setting.hand((key,), f"what stands under `{key}`", why)
            made[name] = value
        else:
            made[key] = value
    for path, fault in _odd_patterns(data, ()):
        setting.hand(path, "a pattern of a `by-`", f"{fault}: write it otherwise")
    return made


def _lacking(run: object) -> str:
    """What a section `run` must have for relpro to read it, and has not; else nothing."""
    if not isinstance(run, Mapping) or is_keyed(run):
        return ""
    needs = {"run-task": "command", "toolchain-script": "script"}
    needed = needs.get(run["using"], "using") if "using" in run else "using"
    return "" if needed in run else needed


def _odd_patterns(value: object, path: tuple[object, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The paths of alternatives whose keys relpro cannot match, and the reasons."""
    if isinstance(value, Mapping):
        word = lone_choice(value)
        choices = value[word] if word else None
        for key in choices if isinstance(choices, Mapping) else ():
            if isinstance(key, str) and (fault := fault_of(key)):
                yield (*path, word, key), fault
        for key, part in value.items():
            yield from _odd_patterns(part, (*path, key))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _odd_patterns(part, (*path, at))


def _worker(value: object, worker_type: object, setting: Setting) -> dict[str, Any]:
    """The worker; keys that its implementation does not accept are moved."""
    alias = setting.alias(worker_type)
    known = RENAMED.get(alias.implementation) if alias else None
    if alias is None or known is None or alias.implementation in own_builders(setting):
        return {"worker": value}
    if not isinstance(value, Mapping) or is_keyed(value):
        return {"worker": value}
    implementation = IMPLEMENTATIONS[known]
    apart = {}
    for key, part in value.items():
        if key not in implementation.known:
            fault = "there is no such key"
        else:
            fault = _fault(implementation.checker, {key: part})
        if fault:
            apart[key] = part
            why = f"`{known}` of relpro takes none such ({fault})"
            setting.hand(("worker", key), f"`worker: {key}`", why)
    if not apart or not setting.chain.own:
        return {"worker": value}
    kept = {key: part for key, part in value.items() if key not in apart}
    return {"worker": kept, f"{APART}worker": apart}


def _fault(schema: voluptuous.Schema, value: object) -> str:
    try:
        schema(value)
    except voluptuous.MultipleInvalid as invalid:
        first = invalid.errors[0]
        path = ".".join(map(str, first.path))
        return f"{path}: {first.error_message}" if path else str(first.error_message)
    return ""
