"""The input of both passes of the optimization."""

from collections.abc import Collection, Mapping

import attrs

from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision, Verdict
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.optimize.offered import Strategy
from relpro.optimize.outcome import Keep, Outcome
from relpro.optimize.strategies import evaluate

STAGE = "optimize"


@attrs.frozen
class Question:
    """The tasks of `graph`, of which some need not be created.

    `wanted` labels were selected, the others are their dependencies. `protected` labels are always
    created. `existing` maps labels to ids of existing tasks; those of kinds that are `rebuilt` are
    not used.
    """

    graph: TaskGraph
    wanted: Collection[str]
    protected: Collection[str]
    parameters: Parameters
    strategies: Mapping[str, Strategy]
    existing: Mapping[str, str]
    rebuilt: Collection[str]

    def outcome(self, task: Task) -> Outcome:
        """The result of the task's own optimization."""
        if task.optimization is None:
            return Keep("it has no optimization")
        return evaluate(task.optimization, task, self.parameters, self.strategies)

    def decision(
        self, at: int, verdict: Verdict, rule: str, cause: str = "", needed_by: int = -1
    ) -> Decision:
        """The decision on the task at position `at`, because of the dependent at `needed_by`."""
        by = self.graph.tasks[needed_by].label if needed_by >= 0 else ""
        return Decision(self.graph.tasks[at].label, STAGE, verdict, rule, cause, by)


def rule_of(task: Task) -> str:
    """The name of the rule for a task that no other rule concerns."""
    return next(iter(task.optimization)) if task.optimization else "wanted"
