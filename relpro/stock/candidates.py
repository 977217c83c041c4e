"""Takes the tasks upstream of a kind and the conditions of an entry, gives the matching tasks.

Every transform that uses upstream tasks selects them by the same keys:

```yaml
kinds: [build, build-signing]          # of `kind-dependencies`; default: all of them
with-attributes:
  shippable: true                      # a value,
  build-platform: [linux, "win.*"]     # or several; text is a pattern for the whole value
without-attributes: {nightly: true}    # tasks that match any of these are left out
```
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from voluptuous import Optional

from relpro.model.nearest import meant
from relpro.model.task import Draft, Json, Task
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.transform.template import as_key, variable, written
from relpro.values import text
from relpro.values.patterns import Pattern, fault_of

Path = tuple[str | int, ...]

_NO_KIND = "name kinds under `kind-dependencies` of the kind, and here if not all of them are meant"

#: The keys that select upstream tasks, for the schema of a section.
SELECTION: Mapping[Any, Any] = {
    Optional("kinds"): [text],
    Optional("with-attributes"): {str: object},
    Optional("without-attributes"): {str: object},
}


def candidates(ctx: Context, section: Mapping[str, Any], path: Path) -> tuple[Task, ...]:
    """The upstream tasks that a rendered section selects, kind by kind in the section's order.

    `path` is the path of the section. Raises `Refusal` for an unknown kind or attribute, and if the
    kind has no `kind-dependencies`.
    """
    kinds = section.get("kinds", ctx.kind.dependencies)
    if not kinds:
        at = (*path, "kinds") if "kinds" in section else path
        raise Refusal("there is no kind whose tasks could be selected", _NO_KIND, at)
    check_names("a kind-dependency", kinds, ctx.kind.dependencies, (*path, "kinds"))
    tasks = tuple(task for kind in kinds for task in ctx.upstream[kind])
    wanted = _named(ctx, section.get("with-attributes", {}), tasks, (*path, "with-attributes"))
    unwanted = _named(
        ctx, section.get("without-attributes", {}), tasks, (*path, "without-attributes")
    )
    if not wanted and not unwanted:
        return tasks
    return tuple(
        task
        for task in tasks
        if all(accepts(task.attributes.get(name)) for name, accepts in wanted)
        and not any(accepts(task.attributes.get(name)) for name, accepts in unwanted)
    )


_Condition = tuple[str, Callable[[Any], bool]]


def _named(
    ctx: Context, conditions: Mapping[str, object], tasks: Sequence[Task], path: Path
) -> list[_Condition]:
    for name in conditions:
        check_attribute(ctx, name, tasks, (*path, name))
    return [
        (variable(name), condition(wanted, (*path, name))) for name, wanted in conditions.items()
    ]


def condition(wanted: object, path: Path) -> Callable[[Any], bool]:
    """A test of an attribute's value: `wanted` is a value, a pattern, or a list of them.

    An absent attribute has the value None. Raises `Refusal` for a broken pattern.
    """
    alternatives = wanted if isinstance(wanted, list | tuple) else (wanted,)
    texts = [item for item in alternatives if isinstance(item, str)]
    if fault := next(filter(None, map(fault_of, texts)), ""):
        raise Refusal(fault, path=path)
    patterns = [Pattern.of(text) for text in texts]

    def accepts(value: object) -> bool:
        if any(item == value and type(item) is type(value) for item in alternatives):
            return True
        if not isinstance(value, str | int | float):
            return False
        key = as_key(value)
        return any(pattern.fullmatch(key) for pattern in patterns)

    return accepts


def check_names(what: str, names: Iterable[str], known: Iterable[str], path: Path) -> None:
    """Raise `Refusal` for the first unknown name of a list, with the most similar known one."""
    every = tuple(known)
    for place, name in enumerate(names):
        if name not in every:
            raise unknown_name(what, name, every, (*path, place))


def unknown_name(what: str, name: str, known: Iterable[str], path: Path) -> Refusal:
    """The refusal of an unknown name; `what` says what it should be: "a status"."""
    every = sorted(known)
    remedy = meant(name, every, _listed(every))
    return Refusal(f"`{name}` is not {what}", remedy, path)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:10])
    return f"there are {shown}" if shown else "there are none"


def check_attribute(ctx: Context, name: str, tasks: Sequence[Task], path: Path) -> None:
    """Raise `Refusal` for an attribute that no task has and that is not declared."""
    key = variable(name)
    if not tasks or key in ctx.release.optional or any(key in t.attributes for t in tasks):
        return
    known = {written(known) for task in tasks for known in task.attributes}
    raise unknown_name("an attribute of an upstream task", name, known, path)


def own(ctx: Context, draft: Draft, name: str) -> Json:
    """The value of a draft's attribute, or None if it has no such attribute."""
    if name in ctx.entry.attributes or name in draft.attributes or name in draft.variables:
        return ctx.scope(draft)[name]
    return None
