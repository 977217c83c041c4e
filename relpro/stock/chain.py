"""Takes kinds in their order, gives the tasks of them all: each kind sees those before it."""

from collections.abc import Iterable, Mapping, Sequence

import attrs
import voluptuous

from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.load.tree import Tree
from relpro.model.config import GraphConfig
from relpro.model.decision import Decision
from relpro.model.kind import Entry, Kind
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.project import Project
from relpro.stock.define import Definer
from relpro.stock.sections import OWNERS
from relpro.stock.selectors import selectors
from relpro.stock.signoff import GATES
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.transform.chain import Chain, resolve_chain, run_chain
from relpro.transform.context import Context, Upstream
from relpro.transform.data_file import DataFiles
from relpro.transform.entry import CompiledEntry, checked_entry
from relpro.transform.scope import Release
from relpro.yaml.document import Document


@attrs.frozen(eq=False, repr=False)
class CompiledKind:
    """A kind whose chain is resolved and whose entries are templates."""

    kind: Kind
    chain: Chain
    entries: tuple[CompiledEntry, ...]


def compile_kind(kind: Kind, config: GraphConfig) -> CompiledKind:
    """Resolve and check everything that a kind says. Raises one `RelproError` for all of it."""
    chain = resolve_chain(kind, (GATES,) if config.gates else ())
    entries: list[CompiledEntry] = []
    problems: list[Diagnostic] = []
    for entry in kind.entries:
        try:
            closer = _closer(entry, config)
            entries.append(checked_entry(entry, chain.sections, closer, OWNERS))
        except RelproError as error:
            problems += error.diagnostics
    raise_all(problems)
    return CompiledKind(kind, chain, tuple(entries))


def _closer(entry: Entry, config: GraphConfig) -> Mapping[str, voluptuous.Schema]:
    """What the configuration says of the keys of an entry.

    That of `worker` is known where the worker alias is known before rendering.
    """
    known = selectors(config)
    alias = config.workers.get(str(entry.data.get("worker-type")))
    if alias is None or alias.implementation not in IMPLEMENTATIONS:
        return known
    return {**known, "worker": IMPLEMENTATIONS[alias.implementation].checker}


@attrs.frozen(eq=False, repr=False)
class MadeKind:
    """What a kind gave, and all that it looked at: from the same it gives the same.

    `upstream` has, by kind, the tasks that it saw, `data` the files of `kinds/data/` that it read;
    `tree` notes what it read of the repository. `shown` are its tasks as later kinds see them.
    """

    compiled: CompiledKind
    upstream: Mapping[str, tuple[Task, ...]]
    data: Mapping[str, Document]
    tree: Tree
    tasks: tuple[Task, ...]
    decisions: tuple[Decision, ...]
    shown: tuple[Task, ...]


#: The kinds of a generation, by name, in their order.
Made = Mapping[str, MadeKind]


def compile_kinds(
    kinds: Iterable[Kind], config: GraphConfig, before: Made
) -> tuple[CompiledKind, ...]:
    """Every kind compiled; one that is as it was `before` is taken from there.

    Raises one `RelproError` with everything that is wrong in any of them.
    """
    compiled: list[CompiledKind] = []
    problems: list[Diagnostic] = []
    for kind in kinds:
        known = before.get(kind.name)
        if known is not None and known.compiled.kind == kind:
            compiled.append(known.compiled)
            continue
        try:
            compiled.append(compile_kind(kind, config))
        except RelproError as error:
            problems += error.diagnostics
    raise_all(problems)
    return tuple(compiled)


def make_tasks(
    kinds: Sequence[CompiledKind],
    project: Project,
    parameters: Parameters,
    release: Release,
    before: Made,
) -> Made:
    """Run every chain. Raises one `RelproError` for all kinds that fail.

    A kind below one that failed is not run: its own errors would only be consequences. Nor is one
    that looks at nothing that has changed since `before`, a generation with the same parameters,
    configuration and transforms. Tasks that are what they were are the same objects.
    """
    surroundings = _Surroundings(project, parameters, release, DataFiles(project.data))
    define = Definer.of(project.config, parameters, release)
    made: dict[str, MadeKind] = {}
    problems: list[Diagnostic] = []
    for compiled in kinds:
        kind = compiled.kind
        if not all(name in made for name in kind.dependencies):
            continue
        upstream = {name: made[name].shown for name in kind.dependencies}
        known = before.get(kind.name)
        if known is not None and _is_same(known, compiled, upstream, project):
            made[kind.name] = known
            continue
        try:
            given = surroundings.run(compiled, upstream, define)
        except RelproError as error:
            problems += error.diagnostics
            continue
        made[kind.name] = given if known is None else _as_before(given, known)
    raise_all(problems)
    return made


def _is_same(
    known: MadeKind,
    compiled: CompiledKind,
    upstream: Mapping[str, tuple[Task, ...]],
    project: Project,
) -> bool:
    """Whether a kind would see what it saw."""
    return (
        known.compiled is compiled
        and known.upstream.keys() == upstream.keys()
        and all(known.upstream[name] is shown for name, shown in upstream.items())
        and all(project.data(name).is_same(read) for name, read in known.data.items())
        and project.tree.is_same(known.tree)
    )


def _as_before(given: MadeKind, known: MadeKind) -> MadeKind:
    """What a kind gave, with the very tasks of `known` where they are equal."""
    shown = known.shown if given.shown == known.shown else given.shown
    return attrs.evolve(given, tasks=_kept(given.tasks, known.tasks), shown=shown)


def _kept(tasks: tuple[Task, ...], before: tuple[Task, ...]) -> tuple[Task, ...]:
    known = {task.label: task for task in before}
    return tuple(
        old if (old := known.get(task.label)) is not None and old == task else task
        for task in tasks
    )


@attrs.frozen(eq=False, repr=False)
class _Surroundings:
    """What is the same for all kinds of a generation."""

    project: Project
    parameters: Parameters
    release: Release
    files: DataFiles

    def run(
        self, compiled: CompiledKind, upstream: Mapping[str, tuple[Task, ...]], define: Definer
    ) -> MadeKind:
        """The tasks of a kind that sees those of others. Raises `RelproError`."""
        data: dict[str, Document] = {}
        tree = self.project.tree.apart()
        seen = Upstream(compiled.kind, upstream)
        files = self.files.noting(data)
        contexts = [
            Context(
                compiled.kind,
                entry,
                self.parameters,
                self.project.config,
                self.release,
                seen,
                files,
                tree,
            )
            for entry in compiled.entries
        ]
        given = run_chain(compiled.chain, contexts, define, self.project.relative)
        shown = tuple(map(Task.as_upstream, given.tasks))
        return MadeKind(compiled, upstream, data, tree, given.tasks, given.decisions, shown)
