"""Takes a task and the files it needs, gives it edges to their tasks, and its worker the list.

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
```

An artifact is looked for under the upstream task's attribute `artifact_prefix` (`public/build`
where it has none); one that starts with `/` is written in full. A task of the kind `toolchain` is
found by its name or by one of its `toolchain_alias`es, and its one artifact is its attribute
`toolchain_artifact`; so for every kind. Artifacts that are not public give the task a scope.

The worker gets `MOZ_FETCHES`, JSON that names task, artifact, `extract` (true unless said
otherwise) and `dest`, and `MOZ_FETCHES_DIR` (`fetches`, unless set).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
from voluptuous import Any as OneOf
from voluptuous import Optional, Required

from relpro.errors import Diagnostic, RelproError
from relpro.model.nearest import meant
from relpro.model.task import Task, TaskDescription
from relpro.stock.candidates import unknown_name
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import whole
from relpro.values import flag, text

FETCHES = Section(
    "fetches",
    {
        str: [
            OneOf(
                text,
                {Required("artifact"): text, Optional("extract"): flag, Optional("dest"): text},
            )
        ]
    },
)

#: Where artifacts are that are written without a folder.
DEFAULT_PREFIX = "public/build"

_Index = Mapping[str, Mapping[str, Task]]


@attrs.frozen
class Fetch:
    """One file to fetch: the edge to the task that makes it, and its artifact in full."""

    edge: str
    task: Task
    artifact: str
    extract: bool
    dest: str | None

    def to_json(self) -> Mapping[str, Any]:
        """The item of `MOZ_FETCHES`, with a reference in place of the task id."""
        item = {"artifact": self.artifact, "extract": self.extract, "task": f"<{self.edge}>"}
        return item if self.dest is None else {**item, "dest": self.dest}


def fetches(ctx: Context, descriptions: Sequence[TaskDescription]) -> Iterable[TaskDescription]:
    """The descriptions, those with a section with their fetches.

    Works on the whole kind so that upstream tasks are indexed once. Raises `RelproError` (T412).
    """
    index = _index(ctx, descriptions)
    problems: list[Diagnostic] = []
    made: list[TaskDescription] = []
    for description in descriptions:
        try:
            made.append(_fetching(description, index))
        except Refusal as refusal:
            context = f"task `{description.name}` of kind `{description.kind}`"
            where = (description.origin,)
            problems.append(Diagnostic("T412", refusal.what, where, context, remedy=refusal.remedy))
    if problems:
        raise RelproError(*problems)
    return made


def _index(ctx: Context, descriptions: Iterable[TaskDescription]) -> _Index:
    """Kind -> name or alias -> task, for the kinds whose tasks are fetched by name."""
    kinds = dict.fromkeys(
        key
        for description in descriptions
        for key in description.sections.get("fetches", ())
        if key not in description.upstream and key in ctx.kind.dependencies
    )
    return {kind: dict(_named(kind, ctx.upstream[kind])) for kind in kinds}


def _named(kind: str, tasks: Sequence[Task]) -> Iterator[tuple[str, Task]]:
    """Aliases first, so that a name wins over another task's alias."""
    for task in tasks:
        aliases = task.attributes.get(f"{kind}_alias") or ()
        for alias in (aliases,) if isinstance(aliases, str) else aliases:
            yield alias.removeprefix(f"{kind}-"), task
    for task in tasks:
        yield task.name, task


def _fetching(description: TaskDescription, index: _Index) -> TaskDescription:
    section = description.sections.get("fetches")
    if not section:
        return description
    found = tuple(
        _fetch(description, index, key, item) for key, items in section.items() for item in items
    )
    text_of_all = json.dumps([fetch.to_json() for fetch in found], sort_keys=True)
    env = {
        "MOZ_FETCHES_DIR": "fetches",
        **description.worker.get("env", {}),
        "MOZ_FETCHES": {"task-reference": text_of_all},
    }
    edges = {fetch.edge: fetch.task for fetch in found}
    return description.with_worker(env=env).replace(
        upstream={**description.upstream, **edges},
        scopes=tuple(dict.fromkeys((*description.scopes, *_scopes(found)))),
    )


def _scopes(found: Iterable[Fetch]) -> Iterator[str]:
    for fetch in found:
        if not fetch.artifact.startswith("public/"):
            yield f"queue:get-artifact:{fetch.artifact}"


def _fetch(description: TaskDescription, index: _Index, key: str, item: Any) -> Fetch:
    asked: Mapping[str, Any] = {"artifact": item} if isinstance(item, str) else item
    name, extract, dest = asked["artifact"], asked.get("extract", True), asked.get("dest")
    if (task := description.upstream.get(key)) is not None:
        return Fetch(key, task, _artifact(task, name), extract, dest)
    if key not in index:
        known = (*description.upstream, *index)
        raise unknown_name("edge of the task, nor a kind-dependency", key, known, ("fetches", key))
    task = index[key].get(name)
    if task is None:
        raise unknown_name(f"task of kind `{key}`", name, index[key], ("fetches", key))
    artifact = task.attributes.get(f"{key}_artifact")
    if not artifact:
        what = f"`{task.label}` does not say what it makes"
        raise Refusal(what, f"give it the attribute `{key}-artifact`", ("fetches", key))
    return Fetch(task.label, task, artifact, extract, dest)


def _artifact(task: Task, name: str) -> str:
    prefix = task.attributes.get("artifact_prefix") or DEFAULT_PREFIX
    artifact = name[1:] if name.startswith("/") else f"{prefix}/{name}"
    if task.artifacts and not task.makes(artifact):
        remedy = meant(artifact, task.artifacts)
        raise Refusal(f"`{task.label}` makes no artifact `{artifact}`", remedy)
    return artifact


transforms = (whole(fetches, FETCHES),)
