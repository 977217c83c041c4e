"""Takes a task and the files that it needs, adds edges to their tasks, and the list to its worker.

```yaml
transforms: [relpro.stock.from_deps, relpro.stock.fetches]
kind-dependencies: [build, toolchain]
tasks:
  repackage:
    fetches:
      build:                                      # an edge: artifacts of that task
        - "{locale}/target.tar.gz"
        - {artifact: /public/logs/notes.txt, extract: false, dest: notes}
      toolchain: [linux64-mar, dmg]               # a kind: its tasks, by name or alias
      test: [{each: report.json, dest: reports}]  # a kind: a file of every such task
```

An edge must exist before this transform: from `from-deps`, or declared under `dependencies`. A kind
is one of `kind-dependencies` or the task's own, so that one toolchain can be built with another.

The path of an artifact is relative to the upstream task's attribute `artifact_prefix` (default:
`public/build`); one that starts with `/` is a complete name. A task of the kind `toolchain` is
found by its name or by one of its `toolchain_alias`es (if only one task has it), and its artifact
is its attribute `toolchain_artifact`; the same holds for every kind, with its own name. For
artifacts that are not public the task gets a scope.

With `each`, the artifact is fetched from every task of the kind to which there is an edge, such as
those from `from-deps` with `unique-kinds: false`, into a folder with the task's name below `dest`.

The worker gets the variables `MOZ_FETCHES`, JSON with task, artifact, `extract` (default: true) and
`dest`, and `MOZ_FETCHES_DIR` (default: `fetches`). If a fetched task has the attribute
`toolchain_env` (or that of its kind), the worker also gets these variables.
"""

import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
from voluptuous import Optional, Required

from relpro.errors import Diagnostic, RelproError
from relpro.model.nearest import meant
from relpro.model.task import Json, Task, TaskDescription
from relpro.stock.aliases import aliases_of
from relpro.stock.candidates import unknown_name
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import whole
from relpro.values import OneOf, flag, text
from relpro.values.wording import shown

#: The optional keys of a file.
_HOW = {Optional("extract"): flag, Optional("dest"): text}

FETCHES = Section(
    "fetches",
    {
        str: [
            OneOf(
                text,
                {Required("artifact"): text, **_HOW},
                {Required("each"): text, **_HOW},
            )
        ]
    },
)

#: The folder of artifacts that are written without one.
DEFAULT_PREFIX = "public/build"

#: `fetches`, an edge or kind, and the place of an item.
_Path = tuple[str, str, int]

#: A task that makes artifacts: of an earlier kind, or of the same one and not yet defined.
_Maker = Task | TaskDescription


@attrs.frozen
class Fetch:
    """One file to fetch: the edge to the task that makes it, and the full name of the artifact."""

    edge: str
    task: _Maker
    artifact: str
    extract: bool
    dest: str | None

    @property
    def place(self) -> str:
        """The path of the file, below the folder of fetches."""
        return posixpath.normpath(f"{self.dest or '.'}/{posixpath.basename(self.artifact)}")

    def to_json(self) -> Mapping[str, Any]:
        """The item of `MOZ_FETCHES`, with a reference in place of the task id."""
        item = {"artifact": self.artifact, "extract": self.extract, "task": f"<{self.edge}>"}
        return item if self.dest is None else {**item, "dest": self.dest}


@attrs.frozen(eq=False, repr=False)
class _Index:
    """The tasks from which files can be fetched: by label, and by kind and name or alias."""

    ctx: Context
    own: Sequence[TaskDescription]
    _named: dict[str, Mapping[str, tuple[_Maker, ...]]] = attrs.field(factory=dict, init=False)
    _labelled: dict[str, _Maker] = attrs.field(factory=dict, init=False)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds whose tasks can be fetched by name."""
        return (*self.ctx.kind.dependencies, self.ctx.kind.name)

    def named(self, kind: str) -> Mapping[str, tuple[_Maker, ...]]:
        """Name or alias -> the tasks that have it. A name wins over the alias of another task."""
        if kind not in self._named:
            tasks = self._tasks(kind)
            by_name: dict[str, tuple[_Maker, ...]] = {task.name: (task,) for task in tasks}
            by_alias: dict[str, tuple[_Maker, ...]] = {}
            for task in tasks:
                for alias in aliases_of(kind, task.attributes):
                    by_alias[alias] = (*by_alias.get(alias, ()), task)
            self._named[kind] = {**by_alias, **by_name}
        return self._named[kind]

    def labelled(self, label: str) -> _Maker | None:
        """The task with a label, in the same kind or a kind of `kind-dependencies`."""
        if not self._labelled:
            self._labelled.update({task.label: task for task in self.ctx.upstream.every()})
            self._labelled.update({task.label: task for task in self.own})
        return self._labelled.get(label)

    def _tasks(self, kind: str) -> Sequence[_Maker]:
        return self.own if kind == self.ctx.kind.name else self.ctx.upstream[kind]


def fetches(ctx: Context, descriptions: Sequence[TaskDescription]) -> Iterable[TaskDescription]:
    """The descriptions; those with the section get their fetches.

    Works on the whole kind, so that tasks are indexed once and may fetch from each other. Raises
    `RelproError` (T412).
    """
    index = _Index(ctx, descriptions)
    problems: list[Diagnostic] = []
    made: list[TaskDescription] = []
    for description in descriptions:
        try:
            made.append(_fetching(description, index))
        except Refusal as refusal:
            context = f"task `{description.name}` of kind `{description.kind}`"
            entry = next(e for e in ctx.kind.entries if e.origin() == description.origin)
            where = (entry.origin(*refusal.path),)
            problems.append(Diagnostic("T412", refusal.what, where, context, remedy=refusal.remedy))
    if problems:
        raise RelproError(*problems)
    return made


def _fetching(description: TaskDescription, index: _Index) -> TaskDescription:
    section = description.sections.get("fetches")
    if not section or not any(section.values()):  # lists may be empty on some platforms
        return description
    placed = tuple(
        (fetch, path)
        for key, items in section.items()
        for place, item in enumerate(items)
        for path in [("fetches", key, place)]
        for fetch in _fetches(description, index, path, item)
    )
    _demand_places(placed)
    found = tuple(fetch for fetch, _ in placed)
    text_of_all = json.dumps([fetch.to_json() for fetch in found], sort_keys=True)
    if not isinstance(own := description.worker.get("env", {}), Mapping):
        what = f"`env` of `worker` must be a mapping, and is rendered to {shown(own)}"
        raise Refusal(what, path=("worker", "env"))
    env = {
        "MOZ_FETCHES_DIR": "fetches",
        **_variables_of(found, own),
        **own,
        "MOZ_FETCHES": {"task-reference": text_of_all},
    }
    edges = {fetch.edge: fetch.task for fetch in found}
    upstream = {edge: task for edge, task in edges.items() if isinstance(task, Task)}
    siblings = {edge: task.label for edge, task in edges.items() if edge not in upstream}
    return description.with_worker(env=env).replace(
        upstream={**description.upstream, **upstream},
        dependencies={**description.dependencies, **siblings},
        scopes=tuple(dict.fromkeys((*description.scopes, *_scopes(found)))),
    )


def _demand_places(placed: Iterable[tuple[Fetch, _Path]]) -> None:
    """Raise `Refusal` if a file would overwrite another: all are fetched at the same time."""
    known: dict[str, Fetch] = {}
    for fetch, path in placed:
        other = known.setdefault(fetch.place, fetch)
        if other is not fetch and other.task is fetch.task:
            raise Refusal(f"`{fetch.place}` is fetched twice", "remove one of them", path)
        if other is not fetch:
            what = f"`{fetch.place}` is fetched of `{other.task.label}` and of `{fetch.task.label}`"
            raise Refusal(what, "give one of them a folder of its own: `dest: ...`", path)


def _variables_of(found: Iterable[Fetch], own: Mapping[str, object]) -> Mapping[str, object]:
    """The variables that tasks set for every task that fetches from them."""
    given: dict[str, tuple[Any, _Maker]] = {}
    for fetch in found:
        for name, value in (fetch.task.attributes.get(f"{fetch.task.kind}_env") or {}).items():
            before, other = given.setdefault(name, (value, fetch.task))
            if before != value and name not in own:
                what = f"`{other.label}` and `{fetch.task.label}` each set `{name}` otherwise"
                raise Refusal(what, f"say it in `worker: {{env: {{{name}: ...}}}}`", ("fetches",))
    return {name: value for name, (value, _) in given.items()}


def _scopes(found: Iterable[Fetch]) -> Iterator[str]:
    for fetch in found:
        if not fetch.artifact.startswith("public/"):
            yield f"queue:get-artifact:{fetch.artifact}"


def _fetches(
    description: TaskDescription, index: _Index, path: _Path, item: Json
) -> Iterator[Fetch]:
    asked: Mapping[str, Any] = {"artifact": item} if isinstance(item, str) else item
    if "each" not in asked:
        yield _fetch(description, index, path, asked)
        return
    if not (edges := _edges_to(description, path[1])):
        what = f"the task has no edge to a task of kind `{path[1]}`"
        raise Refusal(what, "select them with `from-deps`, before `relpro.stock.fetches`", path)
    for edge, task in edges.items():
        artifact, folder = _artifact(task, asked["each"], path), asked.get("dest", "")
        dest = posixpath.join(folder, task.name)
        yield Fetch(edge, task, artifact, asked.get("extract", True), dest)


def _edges_to(description: TaskDescription, kind: str) -> Mapping[str, Task]:
    return {edge: task for edge, task in description.upstream.items() if task.kind == kind}


def _fetch(
    description: TaskDescription, index: _Index, path: _Path, asked: Mapping[str, Any]
) -> Fetch:
    name, extract, dest = asked["artifact"], asked.get("extract", True), asked.get("dest")
    key = path[1]
    if (task := _behind(description, index, path)) is not None:
        return Fetch(key, task, _artifact(task, name, path), extract, dest)
    if key not in index.kinds:
        known = (*description.upstream, *description.dependencies, *index.kinds)
        raise unknown_name("an edge of the task, nor a kind-dependency", key, known, path[:2])
    if not index.named(key).get(name) and _edges_to(description, key):
        what = f"`{name}` is not a task of kind `{key}`, and no edge is called `{key}`"
        raise Refusal(what, f"fetch it from every edge to that kind: `{{each: {name}}}`", path)
    task = _only(key, name, index.named(key), path)
    artifact = task.attributes.get(f"{key}_artifact")
    if not artifact:
        what = f"`{task.label}` does not say what it makes"
        raise Refusal(what, f"give it the attribute `{key}-artifact`", path)
    return Fetch(task.label, task, artifact, extract, dest)


def _behind(description: TaskDescription, index: _Index, path: _Path) -> _Maker | None:
    """The task to which the edge in `path` leads; None if there is no such edge."""
    _, key, _ = path
    if (known := description.upstream.get(key)) is not None:
        return known
    label = description.dependencies.get(key)
    if label is None:
        return None
    if (task := index.labelled(label)) is None:
        what = f"`{key}` leads to `{label}`, a task of no kind that this kind depends on"
        raise Refusal(what, "add its kind to `kind-dependencies`", path[:2])
    return task


def _only(kind: str, name: str, named: Mapping[str, tuple[_Maker, ...]], path: _Path) -> _Maker:
    """The one task of a kind with a name or alias."""
    tasks = named.get(name, ())
    if not tasks:
        raise unknown_name(f"a task of kind `{kind}`", name, named, path)
    if len(tasks) > 1:
        labels = " and ".join(f"`{task.label}`" for task in tasks)
        remedy = (
            f"fetch one of them by its name, `{tasks[0].name}`, or give only one of them this name"
        )
        raise Refusal(f"`{name}` is an alias of {labels}", remedy, path)
    return tasks[0]


def _artifact(task: _Maker, name: str, path: _Path) -> str:
    prefix = task.attributes.get("artifact_prefix") or DEFAULT_PREFIX
    artifact = name[1:] if name.startswith("/") else f"{prefix}/{name}"
    # Those of a task of the same kind are known only once it is defined.
    if isinstance(task, Task) and task.artifacts and not task.makes(artifact):
        remedy = meant(artifact, task.artifacts)
        raise Refusal(f"the task of `{path[1]}` makes no artifact `{artifact}`", remedy, path)
    return artifact


transforms = (whole(fetches, FETCHES),)
