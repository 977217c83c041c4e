"""Takes reasons, gives them in words, the short answer first."""

from collections.abc import Iterator

from relpro.explain.conditions import condition_lines
from relpro.explain.reasons import Reason, Reasons
from relpro.explain.remedies import Search, words_of
from relpro.model.decision import Decision, Verdict
from relpro.optimize.removal import DEPENDENT
from relpro.pipeline import Pipeline

#: The most tasks that are named one by one.
_NAMED = 3


def reason_lines(reasons: Reasons, reason: Reason) -> Iterator[str]:
    """Why a label is present, reused, or absent."""
    if reason.fate == "created":
        yield from _created(reasons, reason)
    elif reason.fate == "reused":
        yield _reused(reasons.pipeline, reason.decision)
    else:
        yield _absent(reasons.pipeline, reason.decision)
        yield from (f"  {line}" for line in condition_lines(reasons.pipeline, reason.decision))
        yield from _dependents(reasons, reason)


def _reused(pipeline: Pipeline, decision: Decision) -> str:
    label = decision.label
    task_id = pipeline.optimized.replaced[label]
    if decision.rule != "existing-tasks":
        cause = f": {decision.cause}" if decision.cause else ""
        return f"reused: task {task_id} is used in its place, says `{decision.rule}`{cause}"
    if label in pipeline.given.existing_tasks:
        return f"reused: parameter `existing_tasks` has task {task_id}, which is used instead"
    return "reused: the earlier phases are taken as having run, and nothing is recorded"


def _created(reasons: Reasons, reason: Reason) -> Iterator[str]:
    decision, (_, *needed_by) = reason.decision, reason.chain
    if decision.verdict is Verdict.ADDED:
        yield f"added by the {decision.stage} stage: {decision.rule}: {decision.cause}"
        return
    first, *others = (*needed_by, "")
    way = f"needed by {first}" if first else ""
    way += "".join(f", which {other} needs" for other in others if other)
    target = _target(reasons.pipeline, decision)
    yield f"kept: {way}, which {target}" if way else f"kept: {target} it"
    if reason.others:
        more = "more tasks need" if reason.others > 1 else "more task needs"
        yield f"  {reason.others} {more} it directly"
    optimized = [one for one in reasons.decisions(reason.label) if one.stage == "optimize"]
    for one in optimized:
        if one.cause and one.rule != "wanted":
            rule = "" if one.rule == DEPENDENT else f"{one.rule}: "
            yield f"  not optimized: {rule}{one.cause}"
    for one in reasons.decisions(reason.label):
        if one.verdict is Verdict.CHANGED:
            yield f"  changed by morph `{one.rule}`"


def _target(pipeline: Pipeline, decision: Decision) -> str:
    """Who selects a task: a verb without its object."""
    phase = pipeline.goal.phase
    rule = decision.rule
    if decision.verdict is not Verdict.TARGETED:
        return f"stage {decision.stage} keeps ({rule})"
    return f"phase {phase.value} targets" if phase else f"target method `{rule}` selects"


def _absent(pipeline: Pipeline, decision: Decision) -> str:
    cause = f": {decision.cause}" if decision.cause else ""
    if decision.verdict is Verdict.SKIPPED:
        return f"not made: `{decision.rule}`{cause}"
    if decision.verdict is Verdict.UNWANTED:
        method = pipeline.parameters["target_tasks_method"]
        why = f"`{decision.rule}`{cause}; nothing that is targeted needs it"
        return f"not targeted: target method `{method}` leaves it out by {why}"
    return f"optimized away: `{decision.rule}`{cause}"


def _dependents(reasons: Reasons, reason: Reason) -> Iterator[str]:
    """For a task that is no longer needed: the fate of its dependents."""
    if reason.decision.stage != "optimize" or reason.decision.rule != "not-needed":
        return
    dependents = reasons.pipeline.target.graph.needed_by(reason.label)
    for task in dependents[:_NAMED]:
        fate = reasons.of(task.label).fate
        became = {"reused": "reused", "absent": "not made", "created": "created"}[fate]
        yield f"  {task.label}, which needs it, is {became}"
    if len(dependents) > _NAMED:
        yield f"  and {len(dependents) - _NAMED} more"


def remedy_line(search: Search) -> str:
    """The change that would add an absent label, or what prevents that."""
    if search.found is not None:
        return f"it would be {search.fate} with: {words_of(search.found)}"
    if search.refused is not None:
        remedy, problem = search.refused
        return f"with {words_of(remedy)} there would be no graph: {problem.what}"
    return "no change of one or two parameters was found that would bring it back"
