"""Takes a pipeline and a label, gives why the label is in its graph, or which stage removed it.

The answer comes from the decisions that every stage returns beside its graph.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Literal

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision, Verdict
from relpro.model.label import label_of
from relpro.model.nearest import nearest
from relpro.pipeline import Pipeline

#: The fate of a label: it is created, another task is used instead, or it is absent.
Fate = Literal["created", "reused", "absent"]

_ABSENT = {Verdict.SKIPPED, Verdict.UNWANTED, Verdict.REMOVED}


@attrs.frozen
class Reason:
    """Why a label has its fate.

    `decision` is the decisive one. `chain` are labels: the one in question, then each time the
    nearest dependent; the last was selected for its own sake. `others` counts further tasks that
    need the label directly.
    """

    label: str
    fate: Fate
    decision: Decision
    chain: tuple[str, ...] = ()
    others: int = 0


class Reasons:
    """The reasons of one generation, by label."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self._targeted = frozenset(pipeline.target.labels)
        self._by_label: dict[str, list[Decision]] = {}
        for decision in pipeline.decisions:
            self._by_label.setdefault(decision.label, []).append(decision)

    def __contains__(self, label: str) -> bool:
        return label in self._by_label

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label about which a stage decided, in the order of the decisions."""
        return tuple(self._by_label)

    def decisions(self, label: str) -> Sequence[Decision]:
        """Each stage's decision about a label. Raises `RelproError` (O604) if there is none."""
        if label not in self._by_label:
            tasks = [one for one, some in self._by_label.items() if not self.is_of_entry(some[0])]
            close = (
                nearest(label, tasks)
                or next((one for one in tasks if label in one), "")
                or _kind_of(label, self.pipeline)
            )
            if (nothing := self._nothing_made(label)) is not None and not close:
                return (attrs.evolve(nothing, label=label),)
            remedy = (
                f"did you mean `{close}`?" if close else "`relpro graph --stage full` lists them"
            )
            raise RelproError(Diagnostic("O604", f"no task is called `{label}`", remedy=remedy))
        return self._by_label[label]

    def _nothing_made(self, label: str) -> Decision | None:
        """Why the kind to which a label seems to belong makes no task from one of its entries."""
        kind = _kind_named(label, self.pipeline)
        entries = self.pipeline.kinds[kind].entries if kind else ()
        decisions = (self._by_label.get(label_of(kind or "", one.name), ()) for one in entries)
        return next((one for some in decisions for one in some if self.is_of_entry(one)), None)

    def is_of_entry(self, decision: Decision) -> bool:
        """Whether a decision is about an entry from which an expander made nothing."""
        return (
            decision.verdict is Verdict.SKIPPED
            and decision.rule != "only-when"
            and decision.label in self._entries
        )

    @cached_property
    def _entries(self) -> frozenset[str]:
        """The labels of entries before any transform has made tasks from them."""
        kinds = self.pipeline.kinds.values()
        return frozenset(label_of(kind.name, one.name) for kind in kinds for one in kind.entries)

    def of(self, label: str) -> Reason:
        """Why a label is present or absent. Raises `RelproError` (O604) for an unknown one."""
        decisions = self.decisions(label)
        last = [one for one in decisions if one.verdict is not Verdict.CHANGED][-1]
        if last.verdict is Verdict.REPLACED:
            return Reason(label, "reused", last)
        if last.verdict in _ABSENT:
            return Reason(label, "absent", last, others=self._wanting(last))
        targeted = next((one for one in decisions if one.verdict is Verdict.TARGETED), None)
        return self._created(label, targeted or last)

    def _created(self, label: str, decision: Decision) -> Reason:
        graph = self.pipeline.morphed.unresolved
        chain = tuple(shortest_chain(graph, label, self._targeted))
        needed_by = needing(graph, label) if label in graph else ()
        if len(chain) < 2:
            return Reason(label, "created", decision, (label,), len(needed_by))
        ending = next(d for d in self._by_label[chain[-1]] if d.verdict is Verdict.TARGETED)
        return Reason(label, "created", ending, chain, len(needed_by) - 1)

    def _wanting(self, decision: Decision) -> int:
        """The number of tasks of the target graph that need a task that was not created."""
        graph = self.pipeline.target.graph
        return len(graph.needed_by(decision.label)) if decision.label in graph else 0


def _kind_of(label: str, pipeline: Pipeline) -> str:
    """A task of the kind to which the label seems to belong."""
    kind = _kind_named(label, pipeline)
    return next((task.label for task in pipeline.full if task.kind == kind), "")


def _kind_named(label: str, pipeline: Pipeline) -> str:
    """The kind to which a label seems to belong; empty if no kind matches."""
    kinds = sorted(pipeline.kinds, key=lambda kind: -len(kind))
    return next((one for one in kinds if label.startswith(f"{one}-")), "")


def needing(graph: TaskGraph, label: str) -> tuple[str, ...]:
    """The labels that depend on `label`; soft dependencies do not count."""
    dependents = graph.needed_by(label)
    return tuple(task.label for task in dependents if label in task.dependencies.values())


def shortest_chain(graph: TaskGraph, label: str, wanted: Collection[str]) -> Iterator[str]:
    """From `label` through dependents to the nearest of the `wanted` ones, including both.

    Empty if none depends on it. Of several equally near ones, the first in declared order of the
    graph is used.
    """
    targets = frozenset(wanted)
    if label not in graph:
        return
    came: dict[str, str] = {label: ""}
    level = [label]
    while level and targets.isdisjoint(level):
        reached: dict[str, str] = {}
        for one in level:
            for found in needing(graph, one):
                if found not in came:
                    reached.setdefault(found, one)
        came |= reached
        level = sorted(reached, key=graph.positions.__getitem__)
    found = next((one for one in level if one in targets), "")
    way = []
    while found:
        way.append(found)
        found = came[found]
    yield from reversed(way)
