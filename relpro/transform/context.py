"""What a transform may look at, all of it read-only: nothing else may decide what it makes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.model.config import GraphConfig
from relpro.model.kind import Kind
from relpro.model.parameters import Parameters
from relpro.model.task import Draft, Task
from relpro.transform.entry import CompiledEntry
from relpro.transform.scope import Release, TaskScope
from relpro.transform.section import Section
from relpro.transform.template import Template, compile_template


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
class Context:
    """What a transform gets beside the task in hand.

    `data(name)` gives what a YAML or JSON file of the project's `kinds/data/` holds, read once.
    """

    kind: Kind
    entry: CompiledEntry = attrs.field(repr=False)
    parameters: Parameters = attrs.field(repr=False)
    config: GraphConfig = attrs.field(repr=False)
    release: Release = attrs.field(repr=False)
    upstream: Upstream = attrs.field(repr=False)
    data: Callable[[str], Any] = attrs.field(repr=False)

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

    def compile(self, value: Any) -> Template:
        """A template of a value from elsewhere, for example from `data`."""
        return compile_template(value)
