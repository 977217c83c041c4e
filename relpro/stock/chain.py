"""Takes kinds in their order, gives all their tasks; each kind sees those before it."""

import sys
from collections.abc import Iterable, Mapping, Sequence

import attrs
import voluptuous

from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.model.config import GraphConfig
from relpro.model.kind import Entry, Kind
from relpro.model.noted import NotedConfig
from relpro.model.task import Task
from relpro.project import Project
from relpro.python.failure import noted_imports
from relpro.stock.define import Definer
from relpro.stock.made import CompiledKind, Known, Made, MadeKind
from relpro.stock.sections import OWNERS
from relpro.stock.selectors import selectors
from relpro.stock.signoff import GATES
from relpro.stock.workers import faults_of_builders, implementation_of
from relpro.transform.chain import resolve_chain, run_chain
from relpro.transform.context import Context, OnceMade, Upstream
from relpro.transform.data_file import DataFiles
from relpro.transform.entry import CompiledEntry, checked_entry
from relpro.transform.seen import Shared
from relpro.yaml.document import Document


def compile_kind(kind: Kind, config: GraphConfig) -> CompiledKind:
    """Resolve and check everything in a kind. Raises one `RelproError` for all mistakes."""
    with noted_imports() as imported:
        compiled = _compiled(kind, NotedConfig(config))
    modules = {name: sys.modules[name] for name in imported if name in sys.modules}
    return attrs.evolve(compiled, modules=modules)


def _compiled(kind: Kind, seen: NotedConfig) -> CompiledKind:
    chain = resolve_chain(kind, (GATES,) if seen.gates else ())
    entries: list[CompiledEntry] = []
    problems: list[Diagnostic] = []
    for entry in kind.entries:
        try:
            closer = _closer(entry, seen)
            entries.append(checked_entry(entry, chain.sections, closer, OWNERS))
        except RelproError as error:
            problems += error.diagnostics
    raise_all(problems)
    return CompiledKind(kind, chain, tuple(entries), seen, {})


def _closer(entry: Entry, config: GraphConfig) -> Mapping[str, voluptuous.Schema]:
    """Schemas of entry keys that depend on the configuration.

    The schema of `worker` is known if the worker alias is known before rendering.
    """
    known = selectors(config)
    alias = config.workers.get(str(entry.data.get("worker-type")))
    found = implementation_of(alias) if alias else None
    return {**known, "worker": found.checker} if found else known


def compile_kinds(
    kinds: Iterable[Kind], config: GraphConfig, known: Known
) -> tuple[CompiledKind, ...]:
    """Every kind, compiled; kinds that have not changed since the previous generation are reused.

    Raises one `RelproError` with everything that is wrong in any of them.
    """
    compiled: list[CompiledKind] = []
    problems = [*faults_of_builders(config)]
    for kind in () if problems else kinds:
        found = next((one for one in known.compiled(kind.name) if one.is_of(kind, config)), None)
        if found is not None:
            compiled.append(found)
            continue
        try:
            compiled.append(compile_kind(kind, config))
        except RelproError as error:
            problems += error.diagnostics
    raise_all(problems)
    return tuple(compiled)


def make_tasks(
    kinds: Sequence[CompiledKind], project: Project, shared: Shared, known: Known
) -> Made:
    """Run every chain. Raises one `RelproError` for all kinds that fail.

    A kind that depends on a failed one is not run: its errors would only be consequences. A kind
    whose inputs have not changed is not run either. Unchanged tasks are the same objects as before.
    """
    run = _Run(project, shared, DataFiles(project.data))
    made: dict[str, MadeKind] = {}
    problems: list[Diagnostic] = []
    for compiled in kinds:
        kind = compiled.kind
        if not all(name in made for name in kind.dependencies):
            continue
        upstream = {name: made[name].shown for name in kind.dependencies}
        found = known.made(kind.name)
        same = next((one for one in found if run.would_be(one, compiled, upstream)), None)
        if same is not None:
            made[kind.name] = same
            continue
        try:
            given = run.make(compiled, upstream)
        except RelproError as error:
            problems += error.diagnostics
            continue
        made[kind.name] = given.kept_from(found[0]) if found else given
    raise_all(problems)
    return made


@attrs.frozen(eq=False, repr=False)
class _Run:
    """The inputs that all kinds of a generation share."""

    project: Project
    shared: Shared
    files: DataFiles

    def would_be(
        self,
        known: MadeKind,
        compiled: CompiledKind,
        upstream: Mapping[str, tuple[Task, ...]],
    ) -> bool:
        """Whether the inputs of a kind are the same as for an earlier result."""
        try:
            return (
                known.compiled is compiled
                and known.upstream.keys() == upstream.keys()
                and all(known.upstream[name] is shown for name, shown in upstream.items())
                and known.has_its_modules
                and known.seen.is_of(self.shared)
                and all(self.project.data(name).is_same(was) for name, was in known.data.items())
                and self.project.tree.is_same(known.tree)
            )
        except RelproError:  # the error is in a file that the kind reads; the kind will report it
            return False

    def make(self, compiled: CompiledKind, upstream: Mapping[str, tuple[Task, ...]]) -> MadeKind:
        """The tasks of a kind, given those of others. Raises `RelproError`."""
        data: dict[str, Document] = {}
        tree = self.project.tree.apart()
        seen = self.shared.noted()
        kinds = Upstream(compiled.kind, upstream)
        files = self.files.noting(data)
        given = (seen.parameters, seen.config, seen.release, kinds, files, tree, OnceMade())
        contexts = [Context(compiled.kind, entry, *given) for entry in compiled.entries]
        define = Definer.of(seen.config, seen.parameters, seen.release)
        with noted_imports() as imported:
            made = run_chain(compiled.chain, contexts, define, self.project.relative)
        modules = {name: sys.modules[name] for name in imported if name in sys.modules}
        shown = tuple(map(Task.as_upstream, made.tasks))
        looked = (upstream, seen, modules, data, tree)
        return MadeKind(compiled, *looked, made.tasks, made.decisions, shown)
