"""The result of a kind together with all its inputs: the same inputs give the same result."""

import sys
from collections.abc import Iterable, Mapping
from types import ModuleType

import attrs

from relpro.load.tree import Tree
from relpro.model.config import GraphConfig
from relpro.model.decision import Decision
from relpro.model.kind import Kind
from relpro.model.noted import NotedConfig
from relpro.model.task import Task
from relpro.transform.chain import Chain
from relpro.transform.entry import CompiledEntry
from relpro.transform.seen import Seen
from relpro.yaml.document import Document


@attrs.frozen(eq=False, repr=False)
class CompiledKind:
    """A kind whose chain is resolved and whose entries are templates.

    `config` records what was read of the configuration, `modules` the modules that were imported by
    name: transforms, payload builders.
    """

    kind: Kind
    chain: Chain
    entries: tuple[CompiledEntry, ...]
    config: NotedConfig
    modules: Mapping[str, ModuleType]

    def is_of(self, kind: Kind, config: GraphConfig) -> bool:
        """Whether compiling the kind with the currently imported code would give the same."""
        return (
            (self.kind is kind or self.kind == kind)
            and self.config.is_of(config)
            and _are_imported(self.modules)
        )


@attrs.frozen(eq=False, repr=False)
class MadeKind:
    """The result of a kind, and everything that it read.

    `upstream` are the tasks that it saw, by kind; `seen` records what it read of shared data;
    `modules` were imported by name meanwhile, such as handlers of `run`; `data` are the files of
    `kinds/data/` that it read, `tree` records the files of the repository. `shown` are its tasks as
    later kinds see them.
    """

    compiled: CompiledKind
    upstream: Mapping[str, tuple[Task, ...]]
    seen: Seen
    modules: Mapping[str, ModuleType]
    data: Mapping[str, Document]
    tree: Tree
    tasks: tuple[Task, ...]
    decisions: tuple[Decision, ...]
    shown: tuple[Task, ...]

    @property
    def has_its_modules(self) -> bool:
        """Whether the modules that it imported have not changed."""
        return _are_imported(self.modules)

    def kept_from(self, before: "MadeKind") -> "MadeKind":
        """The same result, with equal tasks replaced by the objects of the previous one."""
        known = {task.label: task for task in before.tasks}
        tasks = tuple(
            old if (old := known.get(task.label)) is not None and _is_same(old, task) else task
            for task in self.tasks
        )
        is_shown = len(self.shown) == len(before.shown) and all(
            map(_is_shown_alike, before.shown, self.shown)
        )
        return attrs.evolve(self, tasks=tasks, shown=before.shown if is_shown else self.shown)


def _are_imported(modules: Mapping[str, ModuleType]) -> bool:
    return all(sys.modules.get(name) is module for name, module in modules.items())


def _is_same(old: Task, new: Task) -> bool:
    # For Python, `1` equals `true`, and the order of keys does not matter.
    return _is_shown_alike(old, new) and repr(old.definition) == repr(new.definition)


def _is_shown_alike(old: Task, new: Task) -> bool:
    return old == new and repr(_free(old)) == repr(_free(new))


def _free(task: Task) -> tuple[object, ...]:
    """The parts of a task, besides its body, that may have any type or any order."""
    return task.attributes, task.dependencies, task.optimization


#: The kinds of a generation, by name, in their order.
Made = Mapping[str, MadeKind]


@attrs.frozen(eq=False, repr=False)
class Known:
    """Results of kinds from earlier generations, the most likely ones first."""

    _made: Mapping[str, tuple[MadeKind, ...]]

    @classmethod
    def of(cls, generations: Iterable[Made]) -> "Known":
        """The results of generations, the latest with the same goal first."""
        found: dict[str, dict[int, MadeKind]] = {}
        for made in generations:
            for name, kind in made.items():
                found.setdefault(name, {})[id(kind)] = kind
        return cls({name: tuple(kinds.values()) for name, kinds in found.items()})

    def made(self, kind: str) -> tuple[MadeKind, ...]:
        """Earlier results of a kind with this name."""
        return self._made.get(kind, ())

    def compiled(self, kind: str) -> Iterable[CompiledKind]:
        """What a kind with this name was compiled to, without duplicates."""
        return {id(one.compiled): one.compiled for one in self.made(kind)}.values()
