"""Takes a task as taskgraph's first transform gets it, gives the entry of relpro's kind."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from relpro.errors import Origin
from relpro.model.task import Json
from relpro.moving.fitting import fitting
from relpro.moving.grouping import from_deps
from relpro.moving.kept_kinds import cached_tasks, docker_image, fetch
from relpro.moving.merged import alternatives
from relpro.moving.releasing import mark_as_shipped, release_artifacts
from relpro.moving.running import run
from relpro.moving.setting import Setting, is_alias
from relpro.moving.substitutions import chunking, filled_by_own, matrix, task_context
from relpro.moving.telling import notify, treeherder
from relpro.moving.texts import formatted, formatted_all, template, variable_named
from relpro.moving.workers import worker
from relpro.transform.entry import FIELDS

Data = dict[str, Any]

_STEPS: Final[Mapping[str, Callable[[Data, Setting], Data]]] = {
    "from_deps": from_deps,
    "matrix": matrix,
    "chunking": chunking,
    "task_context": task_context,
    "notify": notify,
    "fetch": fetch,
    "docker_image": docker_image,
    "cached_tasks": cached_tasks,
    "run": run,
    "release_artifacts": release_artifacts,
    "mark_as_shipped": mark_as_shipped,
}

#: Errors for malformed configurations of taskgraph, whose structure is unknown.
_MISSHAPEN: Final = (AttributeError, IndexError, KeyError, TypeError, ValueError)

#: Shipped transform -> the corresponding sections of relpro.
_SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "from_deps": ("from-deps",),
    "matrix": ("matrix",),
    "chunking": ("chunks",),
    "notify": ("notify",),
    "fetch": ("fetch", "fetch-alias", "run", "fetches"),
    "docker_image": ("image",),
    "run": ("run", "fetches"),
    "cached_tasks": ("cache",),
}

#: The order in which the keys of a task are written.
_ORDER: Final = (
    "name",
    "label",
    "from-deps",
    "matrix",
    "chunks",
    "description",
    "attributes",
    "shipping-phase",
    "shipping-product",
    "run-on-projects",
    "run-on-tasks-for",
    "run-on-git-branches",
    "always-target",
    "optimization",
    "dependencies",
    "soft-dependencies",
    "if-dependencies",
    "requires",
    "treeherder",
    "index",
    "image",
    "fetch",
    "fetch-alias",
    "fetches",
    "run",
    "worker-type",
    "worker",
)


@attrs.frozen
class Entry:
    """A task in relpro's format: `name` is its key in `file`, `own` are keys of own transforms.

    `subject` is its name in notes, `where` its place in taskgraph's files, `comment` the comment
    above it.
    """

    name: str
    subject: str
    where: Origin
    file: str
    data: Mapping[str, Any]
    own: tuple[str, ...]
    comment: tuple[str, ...]


def translated(setting: Setting) -> Entry:
    """The entry of a task; untranslated parts are reported."""
    data: Data = dict(setting.task.data)
    for step in setting.chain.steps:
        if step.shipped is not None and step.shipped in _STEPS:
            data = _tried(step.shipped, _STEPS[step.shipped], data, setting)
    data = _tried("task", _finished, data, setting)
    key = _key(setting.task.name)
    name = data.pop("name", None) or _named(setting)
    if name != key:
        data["name"] = name
        data = {key: _with_name(value, name) for key, value in data.items()}
    data = fitting(template(data), setting)
    own = tuple(key for key in data if key not in _known(setting))
    if own and not setting.chain.own:
        for one in own:
            setting.hand(
                (one,), f"`{one}`", "no transform of the kind reads it: taskgraph refuses it"
            )
    source, before = setting.task.sources[0]
    ordered = {key: data[key] for key in (*_ORDER, *data) if key in data}
    where = setting.task.origin()
    above = source.comment(*before)
    return Entry(key, setting.label, where, setting.task.file, ordered, own, above)


def _with_name(value: object, name: str) -> object:
    """A value in which the complete name is replaced by variable `name`, its first part."""
    if isinstance(value, str):
        return value.replace(variable_named("name"), name)
    if isinstance(value, list):
        return [_with_name(part, name) for part in value]
    if isinstance(value, Mapping):
        return {key: _with_name(part, name) for key, part in value.items()}
    return value


def _known(setting: Setting) -> frozenset[str]:
    """The keys that relpro, or a stock transform of the kind, reads."""
    sections = (_SECTIONS.get(step.shipped or "", ()) for step in setting.chain.steps)
    return frozenset(FIELDS).union(*sections)


def _named(setting: Setting) -> str:
    """The name of a task; parts that Python of the tree fills in are variables."""

    def named(field: str) -> str | None:
        return filled_by_own(setting, (), field)

    def unknown(field: str) -> None:
        setting.hand((), f"`{{{field}}}` in the name", "nothing of the kind fills it in")

    return formatted(setting.task.name, named, unknown)


def _key(name: str) -> str:
    """The key of an entry: the name without variables."""
    made, depth = "", 0
    for sign in name:
        depth += (sign == "{") - (sign == "}")
        if depth == 0 and sign != "}":
            made += sign
    return made.strip("-") or "task"


def _tried(
    name: str, change: Callable[[Data, Setting], Data], data: Data, setting: Setting
) -> Data:
    try:
        return change(data, setting)
    except _MISSHAPEN as error:
        what = f"what `{name}` of taskgraph reads has another shape than it takes"
        setting.hand((), what, f"{type(error).__name__}: {error}")
        return data


def _finished(data: Data, setting: Setting) -> Data:
    """The effect of transform `task`, the last of every chain."""
    own_shown = any("treeherder" in module.texts for module in setting.own_modules)
    made = data if own_shown else treeherder(data, setting)
    if setting.fillers:
        made = {key: _filled(key, value, setting) for key, value in made.items()}
    if isinstance(scopes := made.get("scopes"), list):
        made = {**made, "scopes": [_scope(one, setting) for one in scopes]}
    alias = setting.alias(made.get("worker-type"))
    made = worker(made, alias, setting)
    if alias is not None:
        if alias.implementation == "always-optimized" and "optimization" not in made:
            made = {**made, "optimization": {"always": None}}
        if alias.implementation == "invalid":
            setting.hand(
                ("worker-type",), "the task must not be made", "leave it out by `only-when`"
            )
    made = {key: value for key, value in made.items() if not _says_nothing(key, value)}
    _tell_missing(made, setting)
    return made


def _filled(key: str, value: object, setting: Setting) -> Json:
    """A value in which fields that Python of the tree may fill in are variables."""

    def named(field: str) -> str | None:
        return filled_by_own(setting, (key,), field)

    return formatted_all(value, named, lambda _field: None)


def _scope(said: object, setting: Setting) -> object:
    if not isinstance(said, str):
        return said

    def unknown(name: str) -> None:
        setting.hand(("scopes",), f"`{{{name}}}` in a scope", "taskgraph knows `level`, `project`")

    names = {name: variable_named(name) for name in ("level", "project")}
    return formatted(said, names.get, unknown)


def _says_nothing(key: str, value: object) -> bool:
    """Whether a key has its default value."""
    if key in {"always-target", "needs-sccache"}:
        return value is False
    if key in {"index", "optimization", "worker", "attributes", "priority"}:
        return value is None
    return key == "task-from"


def _tell_missing(data: Data, setting: Setting) -> None:
    own = ", ".join(f"`{step.module}`" for step in setting.chain.own) or "nobody"
    for key in ("description", "worker-type"):
        if data.get(key) is None:
            data.pop(key, None)
            why = f"{own} sets it: relpro asks for it in the kind"
            setting.hand((), f"`{key}` is missing", why)
    if setting.chain.own:
        data.setdefault("description", f"{variable_named('kind')} {variable_named('name')}")
    if "worker-type" in data:
        _tell_alias(data["worker-type"], own, setting)


def _tell_alias(said: object, own: str, setting: Setting) -> None:
    """Note worker types that are no alias, or those of a worker that could not be translated."""
    several = list(dict.fromkeys(one for one in alternatives(said) if isinstance(one, str)))
    unknown = [one for one in several if not is_alias(setting.config, one)]
    why = f"no alias is called so: {own} makes one of it"
    if setting.alias(said) is None:
        unknown, why = several, "not one implementation: write its `worker` by hand"
    if unknown:
        setting.hand(
            ("worker-type",), f"worker type {', '.join(f'`{one}`' for one in unknown)}", why
        )
