"""Takes a target graph, finds tasks that are not needed; dependents are judged first."""

from collections.abc import MutableMapping

from relpro.model.decision import Decision, Verdict
from relpro.optimize.outcome import Remove
from relpro.optimize.question import Question, rule_of

#: Position -> the decision about the task there.
Decided = MutableMapping[int, Decision]

#: The rule by which a task is kept because another one needs it.
DEPENDENT = "dependent"


def judge(question: Question) -> Decided:
    """A decision for every task, by position: it is kept or removed.

    Dependencies of a kept task are kept. A task with `if_dependencies` is kept only if one of those
    is kept for another reason: such tasks are judged last.
    """
    graph = question.graph
    decided: Decided = {}
    kept = bytearray(len(graph))
    needed_by = [-1] * len(graph)
    conditional: list[int] = []
    for at in reversed(graph.sequence):
        decision = _decide(question, at, needed_by[at])
        if decision is None:
            conditional.append(at)
            continue
        decided[at] = decision
        if decision.verdict is Verdict.KEPT:
            kept[at] = True
            for need in graph.hard[at]:
                needed_by[need] = at
    if conditional:
        _judge_conditional(question, conditional[::-1], kept, decided)
    return decided


def _decide(question: Question, at: int, needed_by: int) -> Decision | None:
    """The decision on a task whose dependents are decided; None if it depends on conditions."""
    task = question.graph.tasks[at]
    if task.label in question.protected:
        return question.decision(at, Verdict.KEPT, "do-not-optimize")
    if needed_by >= 0:
        return question.decision(at, Verdict.KEPT, DEPENDENT, needed_by=needed_by)
    if task.label not in question.wanted:
        cause = "nothing that is made needs it"
        return question.decision(at, Verdict.REMOVED, "not-needed", cause)
    outcome = question.outcome(task)
    if isinstance(outcome, Remove):
        return question.decision(at, Verdict.REMOVED, rule_of(task), outcome.cause)
    if task.if_dependencies:
        return None
    return question.decision(at, Verdict.KEPT, rule_of(task), outcome.cause)


def _judge_conditional(
    question: Question, conditional: list[int], kept: bytearray, decided: Decided
) -> None:
    """Keep tasks with a kept condition, until no more are found; remove the others."""
    pending = conditional
    while found := [
        (at, by) for at in pending if (by := _condition(question, at, kept)) is not None
    ]:
        for at, name in found:
            if not kept[at]:
                cause = f"`{name}` is made"
                decided[at] = question.decision(at, Verdict.KEPT, "if-dependencies", cause)
                kept[at] = True
                _keep_needs(question, at, kept, decided)
        pending = [at for at in pending if not kept[at]]
    for at in pending:
        names = ", ".join(f"`{name}`" for name in question.graph.tasks[at].if_dependencies)
        cause = f"nothing of {names} is made"
        decided[at] = question.decision(at, Verdict.REMOVED, "if-dependencies", cause)


def _condition(question: Question, at: int, kept: bytearray) -> str | None:
    """The label of a kept task among the conditions of the task at `at`."""
    task, positions = question.graph.tasks[at], question.graph.positions
    labels = (task.dependencies[name] for name in task.if_dependencies)
    return next((one for one in labels if one in positions and kept[positions[one]]), None)


def _keep_needs(question: Question, start: int, kept: bytearray, decided: Decided) -> None:
    pending = [start]
    while pending:
        at = pending.pop()
        for need in question.graph.hard[at]:
            if not kept[need]:
                kept[need] = True
                decided[need] = question.decision(need, Verdict.KEPT, DEPENDENT, needed_by=at)
                pending.append(need)
