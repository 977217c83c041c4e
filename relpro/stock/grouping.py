"""Takes upstream tasks and a way of grouping, gives the groups, in the order of the tasks.

| `group-by` | tasks of one group share |
| --- | --- |
| `single` | nothing: every task is a group |
| `all` | nothing: all tasks are one group |
| `product` | `shipping_product` |
| `platform` | `build_platform`, `build_type` and `shipping_product` |
| `platform-locale` | the platform, and a locale |
| `chunk` | the platform, and `l10n_chunk` |
| `{attribute: NAME}` | the value of that attribute; 0, false and the empty text count as values |
| `package.module.function` | decided by a function of the project: see below |

A task with `chunk_locales` is in the group of each of its locales; a task without a locale is in
the group of en-US. A task that lacks the required attributes is in no group. A function of the
project takes the tasks and the parameters, and returns groups, each a list or a tuple of tasks; a
task may be in several groups, or in none.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import attrs

from relpro.model.task import Task
from relpro.transform.template import as_key, variable

#: The locale of a task without one.
SOURCE_LOCALE = "en-US"

#: The variables by which a group of tasks was made, with their values.
Shared = Mapping[str, Any]
_Keys = Callable[[Task], Iterable[tuple[Any, ...]]]


@attrs.frozen
class Group:
    """Tasks that belong together. `shared` are the attributes by which they were grouped."""

    shared: Shared
    tasks: tuple[Task, ...]

    def __str__(self) -> str:
        values = [as_key(value) for value in self.shared.values() if value is not None]
        return "-".join(values) or (self.tasks[0].name if len(self.tasks) == 1 else "all")


@attrs.frozen(eq=False, repr=False)
class Grouping:
    """A way of grouping: the variables of the key, and the keys of a task."""

    names: tuple[str, ...]
    keys: _Keys
    lacking: str


def _single(task: Task) -> Iterable[tuple[object, ...]]:
    return ((task.label,),)


def _all(_task: Task) -> Iterable[tuple[object, ...]]:
    return ((),)


def _product(task: Task) -> Iterable[tuple[object, ...]]:
    product = task.attributes.get("shipping_product")
    return () if product is None else ((product,),)


def _platform(task: Task) -> tuple[tuple[object, ...], ...]:
    attributes = task.attributes
    platform = attributes.get("build_platform")
    if platform is None:
        return ()
    return ((platform, attributes.get("build_type"), attributes.get("shipping_product")),)


def _platform_locale(task: Task) -> Iterable[tuple[object, ...]]:
    locales = task.attributes.get("chunk_locales") or (
        task.attributes.get("locale") or SOURCE_LOCALE,
    )
    return [(*key, locale) for key in _platform(task) for locale in locales]


def _chunk(task: Task) -> Iterable[tuple[object, ...]]:
    chunk = task.attributes.get("l10n_chunk")
    return [] if chunk is None else [(*key, chunk) for key in _platform(task)]


_PLATFORM = ("build_platform", "build_type", "shipping_product")

#: Ways of grouping that have names.
GROUPINGS: Mapping[str, Grouping] = {
    "single": Grouping((), _single, ""),
    "all": Grouping((), _all, ""),
    "product": Grouping(("shipping_product",), _product, "product"),
    "platform": Grouping(_PLATFORM, _platform, "build platform"),
    "platform-locale": Grouping((*_PLATFORM, "locale"), _platform_locale, "build platform"),
    "chunk": Grouping((*_PLATFORM, "l10n_chunk"), _chunk, "build platform and l10n chunk"),
}


def by_attribute(name: str) -> Grouping:
    """Group by the value of one attribute, written as in YAML."""
    key = variable(name)

    def keys(task: Task) -> Iterable[tuple[Any, ...]]:
        value = task.attributes.get(key)
        return () if value is None else ((value,),)

    return Grouping((key,), keys, f"attribute `{name}`")


def grouped(
    tasks: Iterable[Task], grouping: Grouping
) -> tuple[tuple[Group, ...], tuple[Task, ...]]:
    """The groups in the order of their first tasks, and the tasks that are in none."""
    members: dict[Hashable, tuple[tuple[Any, ...], list[Task]]] = {}
    rest: list[Task] = []
    for task in tasks:
        keys = tuple(grouping.keys(task))
        if not keys:
            rest.append(task)
        for key in keys:
            members.setdefault(_distinct(key), (key, []))[1].append(task)
    groups = tuple(
        Group(dict(zip(grouping.names, key, strict=False)), tuple(group))
        for key, group in members.values()
    )
    return groups, tuple(rest)


def _distinct(key: tuple[object, ...]) -> Hashable:
    """A key that distinguishes 0 from False and the like, and may contain lists."""
    types = tuple(map(type, key))
    if list in types or dict in types:
        key = tuple(repr(value) if isinstance(value, list | dict) else value for value in key)
    return types, key
