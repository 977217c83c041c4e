"""Takes kinds in their order, gives the tasks of them all: each kind sees those before it."""

from collections.abc import Mapping, Sequence
from functools import cache

import attrs
import voluptuous

from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.model.config import GraphConfig
from relpro.model.decision import Decision
from relpro.model.kind import Entry, Kind
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.project import Project
from relpro.stock.define import Definer
from relpro.stock.sections import OWNERS
from relpro.stock.signoff import GATES
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.transform.chain import Chain, resolve_chain, run_chain
from relpro.transform.context import Context, Upstream
from relpro.transform.data_file import DataFiles
from relpro.transform.entry import CompiledEntry, checked_entry
from relpro.transform.scope import Release
from relpro.values import one_of, templated


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
    product = _product(config.products)
    alias = config.workers.get(str(entry.data.get("worker-type")))
    if alias is None or alias.implementation not in IMPLEMENTATIONS:
        return {"shipping-product": product}
    worker = IMPLEMENTATIONS[alias.implementation].checker
    return {"shipping-product": product, "worker": worker}


@cache
def _product(products: tuple[str, ...]) -> voluptuous.Schema:
    """The schema of what a task may name as its product."""
    return voluptuous.Schema(templated(one_of([*products, None])))


def make_tasks(
    kinds: Sequence[CompiledKind], project: Project, parameters: Parameters, release: Release
) -> tuple[tuple[Task, ...], tuple[Decision, ...]]:
    """Run every chain. Raises one `RelproError` for all kinds that fail.

    A kind below one that failed is not run: its own errors would only be consequences.
    """
    surroundings = _Surroundings(project, parameters, release, DataFiles(project.data))
    define = Definer.of(project.config, parameters, release)
    made: dict[str, tuple[Task, ...]] = {}
    decisions: list[Decision] = []
    problems: list[Diagnostic] = []
    for compiled in kinds:
        if not all(name in made for name in compiled.kind.dependencies):
            continue
        contexts = surroundings.contexts(compiled, made)
        try:
            given = run_chain(compiled.chain, contexts, define, project.relative)
        except RelproError as error:
            problems += error.diagnostics
            continue
        made[compiled.kind.name] = given.tasks
        decisions += given.decisions
    raise_all(problems)
    return tuple(task for tasks in made.values() for task in tasks), tuple(decisions)


@attrs.frozen(eq=False, repr=False)
class _Surroundings:
    """What is the same for all kinds of a generation."""

    project: Project
    parameters: Parameters
    release: Release
    files: DataFiles

    def contexts(
        self, compiled: CompiledKind, made: Mapping[str, tuple[Task, ...]]
    ) -> list[Context]:
        """A context for each entry of a kind; `made` are the tasks of the kinds before it."""
        kind = compiled.kind
        upstream = Upstream(kind, {name: made[name] for name in kind.dependencies})
        return [
            Context(
                kind,
                entry,
                self.parameters,
                self.project.config,
                self.release,
                upstream,
                self.files,
                self.project.tree,
            )
            for entry in compiled.entries
        ]
