"""Takes the kept tasks of a target graph, replaces some; dependencies are judged first."""

from collections.abc import Mapping

import attrs

from relpro.model.decision import Decision, Verdict
from relpro.model.task import Task
from relpro.optimize.outcome import Keep, Replace
from relpro.optimize.question import Question, rule_of
from relpro.optimize.removal import DEPENDENT, Decided


def replace(question: Question, decided: Decided) -> Mapping[str, str]:
    """Label -> id of the task that is used instead; updates `decided`.

    A task can be replaced only if none of its dependencies is created.
    """
    graph = question.graph
    made = bytearray(len(graph))
    replaced: dict[str, str] = {}
    for at in graph.sequence:
        if decided[at].verdict is not Verdict.KEPT:
            continue
        task = graph.tasks[at]
        blocking = next((need for need in graph.hard[at] if made[need]), -1)
        if found := _substitute(question, task, blocking):
            replaced[task.label], rule, cause = found
            decided[at] = question.decision(at, Verdict.REPLACED, rule, cause)
            continue
        made[at] = True
        if task.label in question.existing and task.label not in question.protected:
            decided[at] = _although_it_exists(question, at, task, blocking)
        elif decided[at].rule == DEPENDENT and task.optimization is not None:
            decided[at] = attrs.evolve(decided[at], cause=_why_made(question, task, blocking))
    return {label: replaced[label] for label in graph.labels if label in replaced}


def _substitute(question: Question, task: Task, blocking: int) -> tuple[str, str, str] | None:
    """The id of the replacement, with the rule and cause; None if there is none."""
    if blocking >= 0 or task.label in question.protected:
        return None
    task_id = question.existing.get(task.label)
    if task_id and task.kind not in question.rebuilt:
        return task_id, "existing-tasks", ""
    if task.optimization is None:
        return None
    outcome = question.outcome(task)
    if isinstance(outcome, Replace):
        return outcome.task_id, rule_of(task), outcome.cause
    return None


def _why_made(question: Question, task: Task, blocking: int) -> str:
    """Why a needed task is created and none reused: the queries to the index, and the answers."""
    if blocking >= 0:
        return _needs_what_is_made(question, blocking)
    outcome = question.outcome(task)
    return f"{rule_of(task)}: {outcome.cause}" if isinstance(outcome, Keep) else ""


def _needs_what_is_made(question: Question, blocking: int) -> str:
    return f"it needs `{question.graph.tasks[blocking].label}`, which is made"


def _although_it_exists(question: Question, at: int, task: Task, blocking: int) -> Decision:
    if blocking >= 0:
        cause = _needs_what_is_made(question, blocking)
        return question.decision(at, Verdict.KEPT, "dependency", cause)
    cause = f"{task.kind}: {question.outcome(task).cause}"
    return question.decision(at, Verdict.KEPT, "rebuild-kinds", cause)
