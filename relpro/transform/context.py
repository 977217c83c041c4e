"""What a transform may look at, all of it read-only: nothing else may decide what it makes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.model.config import GraphConfig
from relpro.model.kind import Kind
from relpro.model.parameters import Parameters
from relpro.model.task import Draft, Task, TaskDescription
from relpro.transform.compiler import compile_template
from relpro.transform.entry import CompiledEntry
from relpro.transform.scope import Release, TaskScope
from relpro.transform.section import Section
from relpro.transform.template import Template


@attrs.frozen
class Upstream:
    """The tasks of the kinds that this kind declares in `kind-dependencies`, by kind."""

    kind: Kind
    tasks: Mapping[str, tuple[Task, ...]] = attrs.field(repr=False)

    def __getitem__(self, kind: str) -> tuple[Task, ...]:
        if kind not in self.kind.dependencies:
            raise RelproError(
                Diagnostic(
                    "K212",
                    f"kind `{self.kind.name}` looks at the tasks of `{kind}`",
                    (self.kind.locations.origin("kind-dependencies"),),
                    remedy=f"add `{kind}` to `kind-dependencies`",
                )
            )
        return self.tasks.get(kind, ())

    def __iter__(self) -> Iterator[str]:
        return iter(self.kind.dependencies)

    def every(self) -> Iterator[Task]:
        """All upstream tasks, kind by kind in declared order."""
        for kind in self.kind.dependencies:
            yield from self.tasks.get(kind, ())


@attrs.frozen
class DataFiles:
    """The files of the project's `kinds/data/`, each read and compiled once in a generation."""

    read: Callable[[str], Any]
    _templates: dict[str, Template] = attrs.field(factory=dict, init=False, repr=False)

    def template(self, name: str) -> Template:
        """The content of a YAML or JSON file, in which placeholders and `by-*` may stand."""
        if name not in self._templates:
            self._templates[name] = compile_template(self.read(name))
        return self._templates[name]


@attrs.frozen
class Context:
    """What a transform gets beside the task in hand."""

    kind: Kind
    entry: CompiledEntry = attrs.field(repr=False)
    parameters: Parameters = attrs.field(repr=False)
    config: GraphConfig = attrs.field(repr=False)
    release: Release = attrs.field(repr=False)
    upstream: Upstream = attrs.field(repr=False)
    files: DataFiles = attrs.field(repr=False)

    @property
    def release_level(self) -> str:
        """`production` or `staging`: the one predicate for real or stand-in services."""
        level: str = self.release.values["release_level"]
        return level

    def scope(self, draft: Draft) -> TaskScope:
        """The variables of a draft as it stands."""
        return TaskScope(self.kind.name, draft, self.entry.attributes, self.release)

    def section(self, draft: Draft, section: Section) -> Mapping[str, Any] | None:
        """The rendered section of a draft's entry, or None where the entry has none."""
        template = self.entry.sections.get(section.name)
        if template is None:
            return None
        rendered: Mapping[str, Any] = template.render(self.scope(draft))
        return rendered

    def data(self, name: str, task: TaskDescription) -> Any:
        """What the file `name` of `kinds/data/` says for a task. Raises `Unrenderable`."""
        draft = Draft(task.name, task.origin, task.attributes, {}, task.upstream)
        scope = TaskScope(self.kind.name, draft, {}, self.release)
        return self.files.template(name).render(scope)
