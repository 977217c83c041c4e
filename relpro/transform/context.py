"""What a transform may read, all of it immutable: its result must depend on nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.load.tree import Tree, TreeFile
from relpro.model.config import GraphConfig
from relpro.model.kind import Kind
from relpro.model.parameters import Parameters
from relpro.model.task import Draft, Json, Task, TaskDescription
from relpro.transform.data_file import DataFile, DataFiles
from relpro.transform.entry import CompiledEntry
from relpro.transform.scope import Release, TaskScope
from relpro.transform.section import Refusal, Section
from relpro.values.globs import faults_of


@attrs.frozen(eq=False, repr=False)
class Upstream:
    """The tasks of the kinds in `kind-dependencies`, by kind."""

    kind: Kind
    tasks: Mapping[str, tuple[Task, ...]]

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


_Part = TypeVar("_Part")
_Made = TypeVar("_Made")

#: Cached results, by part and function. Parts are held, so that their identity is not reused.
OnceMade = dict[tuple[int, Any], tuple[Any, Any]]


@attrs.frozen(eq=False, repr=False)
class Context:
    """What a transform gets besides its task.

    All contexts of one kind share the results that are computed once `of_kind`.
    """

    kind: Kind
    entry: CompiledEntry
    parameters: Parameters
    config: GraphConfig
    release: Release
    upstream: Upstream
    files: DataFiles
    tree: Tree
    _of_kind: OnceMade = attrs.field(factory=dict)
    _made: OnceMade = attrs.field(factory=dict, init=False)

    @property
    def release_level(self) -> str:
        """`production` or `staging`: the only function that selects real or test services."""
        level: str = self.release.values["release_level"]
        return level

    def scope(self, draft: Draft) -> TaskScope:
        """The variables of a draft in its present state."""
        entry = self.entry
        return TaskScope(self.kind.name, draft, entry.attributes, self.release, entry.fixed)

    def section(self, draft: Draft, section: Section) -> Mapping[str, Any] | None:
        """The rendered section of a draft's entry, or None if the entry has none.

        Raises `RelproError` if the rendered value does not fit the schema of the section.
        """
        template = self.entry.sections.get(section.name)
        if template is None:
            return None
        scope = self.scope(draft)
        rendered: Mapping[str, Any] = template.render(scope)
        if (doubtful := self.entry.doubtful.get(section.name)) is not None:
            doubtful.demand(rendered, scope, self.entry.entry)
        return rendered

    def once(self, make: "Callable[[Context, _Part], _Made]", part: _Part) -> _Made:
        """The result of `make` for a part of a task, computed once for all tasks with that part.

        Templates share constant parts: most tasks of an entry have the same artifacts, for example.
        Parts are compared by identity.
        """
        return self._known_in(self._made, make, part)

    def once_for_kind(self, make: "Callable[[Context, _Part], _Made]", part: _Part) -> _Made:
        """The same for all entries of the kind: the result must not depend on the entry."""
        return self._known_in(self._of_kind, make, part)

    def _known_in(
        self, made: OnceMade, make: "Callable[[Context, _Part], _Made]", part: _Part
    ) -> _Made:
        key = (id(part), make)
        known = made.get(key)
        if known is None:
            known = made[key] = (part, make(self, part))
        found: _Made = known[1]
        return found

    def data(self, name: str, task: TaskDescription, of: DataFile) -> Json:
        """The content of file `name` of `kinds/data/` for a task. Raises `RelproError`."""
        return self.files.rendered(name, of, self.scope_of(task))

    def tree_files(
        self, patterns: Sequence[str], path: Sequence[str | int]
    ) -> tuple[TreeFile, ...]:
        """The files of the repository that patterns match, sorted; they become an input.

        `path` is the path in the entry that names them. Raises `Refusal` for a pattern that can
        match no path or matches none, and for a file that cannot be read or whose name JSON cannot
        represent.
        """
        for fault in faults_of(patterns):
            raise Refusal(fault, "write the path of a file or folder of the tree", path)
        for pattern in patterns:
            if not pattern.startswith("!") and not self.tree.holds(pattern):
                what = f"the tree has no file that `{pattern}` matches"
                raise Refusal(what, "name files that git knows, from the top of the tree", path)
        try:
            found = self.tree.files(patterns)
        except OSError as error:
            what = f"a file of the tree cannot be read: {error.filename}: {error.strerror}"
            raise Refusal(what, "give yourself the right to read it", path) from None
        for file in found:
            if file.path != file.path.encode("utf-8", "replace").decode():
                what = f"the tree has a file whose name is not UTF-8: {file.path!a}"
                raise Refusal(what, "rename it, or leave it out by a pattern with `!`", path)
        return found

    def scope_of(self, task: TaskDescription) -> TaskScope:
        """The variables of a described task."""
        draft = Draft(task.name, task.origin, task.attributes, {}, task.upstream)
        return TaskScope(self.kind.name, draft, {}, self.release)
