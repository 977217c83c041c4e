"""What an optimization is about: the one value that both of its passes read."""

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
    """Which tasks of `graph` need not be made?

    `wanted` labels were asked for, the rest is there because they need it. `protected` labels are
    made whatever happens. `existing` maps labels to ids of tasks that exist; those of kinds that
    are `rebuilt` are not used.
    """

    graph: TaskGraph
    wanted: Collection[str]
    protected: Collection[str]
    parameters: Parameters
    strategies: Mapping[str, Strategy]
    existing: Mapping[str, str]
    rebuilt: Collection[str]

    def outcome(self, task: Task) -> Outcome:
        """What the task's own optimization says."""
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
    """The name of what decides about a task when nothing else does."""
    return next(iter(task.optimization)) if task.optimization else "wanted"
