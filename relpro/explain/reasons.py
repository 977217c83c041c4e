"""Takes a pipeline and a label, gives why the label is in its graph, or where it dropped out.

The answer comes from the decisions that every stage returns beside its graph.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Literal

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision, Verdict
from relpro.model.nearest import nearest
from relpro.pipeline import Pipeline

#: What became of a label: it is created, another task is used in its place, it is not there.
Fate = Literal["created", "reused", "absent"]

_ABSENT = {Verdict.SKIPPED, Verdict.UNWANTED, Verdict.REMOVED}


@attrs.frozen
class Reason:
    """Why a label has its fate.

    `decision` is the one that settled it. `chain` are labels: the one asked about, then each time
    the nearest that needs the one before; the last is there for its own sake. `others` counts
    further tasks that need the label directly.
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
        """Every label about which some stage decided, in the order of the decisions."""
        return tuple(self._by_label)

    def decisions(self, label: str) -> Sequence[Decision]:
        """What each stage decided about a label. Raises `RelproError` (O604) if nobody did."""
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
        """Why the kind that a label seems to be of makes nothing of one of its entries."""
        kind = _kind_named(label, self.pipeline)
        entries = self.pipeline.kinds[kind].entries if kind else ()
        decisions = (self._by_label.get(f"{kind}-{entry.name}", ()) for entry in entries)
        return next((one for some in decisions for one in some if self.is_of_entry(one)), None)

    def is_of_entry(self, decision: Decision) -> bool:
        """Whether a decision is on an entry of which an expander made nothing, not on a task."""
        return (
            decision.verdict is Verdict.SKIPPED
            and decision.rule != "only-when"
            and decision.label in self._entries
        )

    @cached_property
    def _entries(self) -> frozenset[str]:
        """The labels that entries have before any transform has made tasks of them."""
        kinds = self.pipeline.kinds.values()
        return frozenset(f"{kind.name}-{entry.name}" for kind in kinds for entry in kind.entries)

    def of(self, label: str) -> Reason:
        """Why a label is there or not. Raises `RelproError` (O604) for an unknown one."""
        decisions = self.decisions(label)
        last = decisions[-1]
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
        """How many tasks of the target graph need one that is not needed in the end."""
        graph = self.pipeline.target.graph
        return len(graph.needed_by(decision.label)) if decision.label in graph else 0


def _kind_of(label: str, pipeline: Pipeline) -> str:
    """A task of the kind that the label seems to be of."""
    kind = _kind_named(label, pipeline)
    return next((task.label for task in pipeline.full if task.kind == kind), "")


def _kind_named(label: str, pipeline: Pipeline) -> str:
    """The kind that a label seems to be of; empty where it begins like none."""
    kinds = sorted(pipeline.kinds, key=lambda kind: -len(kind))
    return next((one for one in kinds if label.startswith(f"{one}-")), "")


def needing(graph: TaskGraph, label: str) -> tuple[str, ...]:
    """The labels that need `label`. One that only waits for it, if it is there, does not."""
    dependents = graph.needed_by(label)
    return tuple(task.label for task in dependents if label in task.dependencies.values())


def shortest_chain(graph: TaskGraph, label: str, wanted: Collection[str]) -> Iterator[str]:
    """From `label` through tasks that need it to the nearest of the `wanted` ones; with both ends.

    Nothing where none of them needs it. Of several that are equally near, the first in declared
    order of the graph is taken.
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
