"""Takes an entry, gives a task for each group of upstream tasks that the entry selects.

```yaml
transforms: [relpro.stock.from_deps]
kind-dependencies: [build, build-signing, build-mac-notarization]
tasks:
  repackage:
    from-deps:
      kinds: [build-mac-notarization, build-signing, build]
      with-attributes: {shippable: true}            # see relpro.stock.candidates
      group-by: platform                            # see relpro.stock.grouping
      primary: [build-mac-notarization, build-signing]
      require: [build]
      names: {build-signing: signing, build-mac-notarization: signing}
```

- `primary`: the new task gets its name and attributes from the first of these kinds that the group
  contains, and that edge comes first; a group without any makes no task. If the group has several
  tasks of that kind, the one whose label sorts first is used. Default: the kind of the first task.
- `require`: a group that lacks one of these kinds makes no task.
- `copy-attributes`: `true` (the default), `false`, or names. Attributes about when and where the
  upstream task runs, and what it makes, are never copied (`NEVER_COPIED`); `drop-attributes` lists
  further ones.
- `names`: kind -> name of the edge; default: the kind. Two kinds may share a name if no group has
  both.
- `unique-kinds`: `true` (the default): two tasks of one kind in a group are an error. `false`:
  edges without an entry in `names` are named by label.
- `set-name`: `strip-kind` (the default) uses the primary's name, `retain-kind` its label, `false`
  keeps the entry's name.

Templates can use the variables by which tasks were grouped. With `platform-locale`, `{locale}` is
`en-US` for tasks without a locale, but only the others get the attribute.
`{primary-kind-dependency}` is the primary's kind, `{primary-dependency-label}` its label.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
from voluptuous import Optional, Required

from relpro.model.task import Draft, Json, Skipped, Task
from relpro.python.functions import Role, project_function
from relpro.stock.candidates import (
    SELECTION,
    candidates,
    check_attribute,
    check_names,
    unknown_name,
)
from relpro.stock.grouping import GROUPINGS, SOURCE_LOCALE, Group, Grouping, by_attribute, grouped
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import expand
from relpro.transform.template import variable
from relpro.values import OneOf, flag, text
from relpro.values.names import function

FROM_DEPS = Section(
    "from-deps",
    {
        **SELECTION,
        Optional("group-by"): OneOf(*GROUPINGS, {Required("attribute"): text}, function),
        Optional("primary"): [text],
        Optional("require"): [text],
        Optional("copy-attributes"): OneOf(flag, [text]),
        Optional("drop-attributes"): [text],
        Optional("names"): {str: text},
        Optional("unique-kinds"): flag,
        Optional("set-name"): OneOf("strip-kind", "retain-kind", False),
    },
)

#: Attributes that concern only the upstream task: when it runs, and what it makes.
NEVER_COPIED = frozenset(
    {
        "always_target",
        "cached_task",
        "primary_dependency_label",
        "primary_kind_dependency",
        "release_artifacts",
        "run_on_git_branches",
        "run_on_hg_branches",
        "run_on_projects",
        "run_on_tasks_for",
        "shipping_phase",
        "signoff_role",
    }
)


def from_deps(ctx: Context, draft: Draft) -> Iterator[Draft | Skipped]:
    """A draft for each group of upstream tasks, or the reason why a group makes no task."""
    section = ctx.section(draft, FROM_DEPS)
    if section is None:
        yield draft
        return
    _check(ctx, section)
    tasks = candidates(ctx, section, ("from-deps",))
    groups, rest, why = _groups(ctx, section.get("group-by", "single"), tasks)
    for task in rest:
        yield Skipped(task.name, f"upstream `{task.label}` {why}")
    wanted = _Wanted.of(section)
    if not tasks:
        yield Skipped(draft.name, "no upstream task fits what is selected")
    for group in groups:
        yield _from_group(draft, wanted, group)


def _check(ctx: Context, section: Mapping[str, Any]) -> None:
    kinds = section.get("kinds", ctx.kind.dependencies)
    for key in ("primary", "require"):
        check_names("a kind of this section", section.get(key, ()), kinds, ("from-deps", key))
    for kind in section.get("names", {}):
        if kind not in kinds:
            raise unknown_name("a kind of this section", kind, kinds, ("from-deps", "names", kind))


def _groups(
    ctx: Context, wanted: object, tasks: Sequence[Task]
) -> tuple[Sequence[Group], Sequence[Task], str]:
    """The groups, the tasks that are in none, and the reasons."""
    if isinstance(wanted, str) and "." in wanted:
        groups = _of_project(ctx, wanted, tasks)
        taken = {task.label for group in groups for task in group.tasks}
        rest = [task for task in tasks if task.label not in taken]
        return groups, rest, f"is in no group of `{wanted}`"
    grouping = _grouping(ctx, wanted, tasks)
    return *grouped(tasks, grouping), f"has no {grouping.lacking}"


def _of_project(ctx: Context, name: str, tasks: Sequence[Task]) -> Sequence[Group]:
    """The groups that a function of the project returns; each has tasks."""
    where = ctx.entry.entry.origin("from-deps", "group-by")
    words = "any number of lists of tasks"
    role = Role("`group-by`", where, "K252", "tasks, parameters", tuple, words=words, each=Sequence)
    made = project_function(name, role)(tuple(tasks), ctx.parameters)
    known = {task.label: task for task in tasks}
    for group in made:
        if not all(isinstance(one, Task) and known.get(one.label) is one for one in group):
            what = f"`{name}` gave a group of what is none of the tasks that it was given"
            raise Refusal(what, "give tasks as they came", ("from-deps", "group-by"))
    return [Group({}, tuple(group)) for group in made if group]


def _grouping(ctx: Context, wanted: Json, tasks: Sequence[Task]) -> Grouping:
    path = ("from-deps", "group-by")
    if isinstance(wanted, Mapping):
        check_attribute(ctx, wanted["attribute"], tasks, (*path, "attribute"))
        return by_attribute(wanted["attribute"])
    if wanted not in GROUPINGS:
        raise unknown_name("a way to group", wanted, GROUPINGS, path)
    return GROUPINGS[wanted]


@attrs.frozen(eq=False, repr=False)
class _Wanted:
    """The requirements of a section for every group; `copied` are names, or None for all."""

    required: tuple[str, ...]
    primary: tuple[str, ...] | None
    names: Mapping[str, str]
    unique: bool
    set_name: str
    copied: frozenset[str] | None
    dropped: frozenset[str]

    @classmethod
    def of(cls, section: Mapping[str, Any]) -> "_Wanted":
        copied = section.get("copy-attributes", True)
        named = copied if isinstance(copied, list | tuple) else ()
        return cls(
            required=tuple(section.get("require", ())),
            primary=tuple(section["primary"]) if "primary" in section else None,
            names=section.get("names", {}),
            unique=section.get("unique-kinds", True),
            set_name=str(section.get("set-name", "strip-kind")),
            copied=None if copied is True else frozenset(map(variable, named)),
            dropped=NEVER_COPIED.union(map(variable, section.get("drop-attributes", ()))),
        )


def _from_group(draft: Draft, wanted: _Wanted, group: Group) -> Draft | Skipped:
    if wanted.required:
        kinds = {task.kind for task in group.tasks}
        if missing := [kind for kind in wanted.required if kind not in kinds]:
            return Skipped(str(group), f"no upstream task of kind {_words(missing)}")
    primary = _primary(group.tasks, wanted.primary)
    if primary is None:
        return Skipped(str(group), f"no upstream task of kind {_words(wanted.primary or ())}")
    edges = _edges(primary, group.tasks, wanted)
    return draft.replace(
        name=_name(draft, primary, wanted.set_name),
        attributes=_attributes(draft, primary, wanted, group),
        variables={**draft.variables, **group.shared},
        # If an edge exists already, the new one takes precedence and comes first.
        upstream={**edges, **draft.upstream, **edges},
    )


def _words(kinds: Sequence[str]) -> str:
    return " or ".join(f"`{kind}`" for kind in kinds)


def _primary(tasks: Sequence[Task], kinds: Sequence[str] | None) -> Task | None:
    """The task of the first of `kinds` in a group; of several, the one whose label sorts first.

    The order in their file must not matter: moving an entry there must not rename tasks here.
    """
    if len(tasks) == 1 and kinds is None:
        return tasks[0]
    there = {task.kind for task in tasks}
    first = (
        tasks[0].kind if kinds is None else next((kind for kind in kinds if kind in there), None)
    )
    of_it = (task for task in tasks if task.kind == first)
    return min(of_it, key=lambda task: task.label, default=None)


def _edges(primary: Task, tasks: Iterable[Task], wanted: _Wanted) -> Mapping[str, Task]:
    names, unique = wanted.names, wanted.unique
    edges: dict[str, Task] = {}
    for task in (primary, *[task for task in tasks if task is not primary]):
        name = names.get(task.kind) or (task.kind if unique else task.label)
        if name in edges:
            what = f"`{edges[name].label}` and `{task.label}` would both be the edge `{name}`"
            remedy = "group more finely, select fewer tasks, or say `unique-kinds: false`"
            raise Refusal(what, remedy, ("from-deps",))
        edges[name] = task
    return edges


def _name(draft: Draft, primary: Task, how: str) -> str:
    return {"strip-kind": primary.name, "retain-kind": primary.label}.get(how, draft.name)


def _attributes(draft: Draft, primary: Task, wanted: _Wanted, group: Group) -> Mapping[str, Any]:
    attributes = {
        **_copied(primary, wanted),
        **draft.attributes,
        "primary_kind_dependency": primary.kind,
        "primary_dependency_label": primary.label,
    }
    if (locale := group.shared.get("locale")) is not None:
        attributes.pop("chunk_locales", None)
        if locale != SOURCE_LOCALE:
            attributes["locale"] = locale
    return attributes


def _copied(primary: Task, wanted: _Wanted) -> Mapping[str, object]:
    named, dropped = wanted.copied, wanted.dropped
    return {
        name: value
        for name, value in primary.attributes.items()
        if name not in dropped and (named is None or name in named)
    }


transforms = (expand(from_deps, FROM_DEPS),)
