"""Takes the work that an action comes to, does it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from relpro.actions.action import Cancel, Generate, Rerun, Work
from relpro.errors import Diagnostic, Refused
from relpro.pipeline import Pipeline
from relpro.plan.carry_out import Desk, carry_out, prepare
from relpro.plan.plan import Plan

#: Gives the content of `actions.json` for a generation.
ActionsOf = Callable[[Pipeline], Mapping[str, Any]]


def perform(
    work: Work, desk: Desk, folder: Path, actions_of: ActionsOf, reviewed: str = ""
) -> Iterator[str]:
    """Do the work; gives one line about each thing done.

    The artifacts of a generation are written into `folder`. Where `reviewed` is the digest of a
    plan, raises `Refused` (Q708) unless the generation is exactly that. Raises as `carry_out` does.
    """
    match work:
        case Generate(pipeline):
            plan = prepare(pipeline, folder, actions_of(pipeline))
            refuse_unreviewed(plan, reviewed)
            submission = carry_out(pipeline, plan, desk)
            yield f"{len(submission.created)} tasks created, {len(submission.existing)} were there"
        case Rerun(task_ids):
            for task_id in task_ids:
                desk.queue.rerun_task(task_id)
                yield f"run again: {task_id}"
        case Cancel(task_ids):
            for task_id in task_ids:
                desk.queue.cancel_task(task_id)
                yield f"cancelled: {task_id}"


def refuse_unreviewed(plan: Plan, reviewed: str) -> None:
    """Raise `Refused` (Q708) unless the plan is the one that was reviewed, if one was."""
    if reviewed and plan.digest != reviewed:
        what = f"the plan is {plan.digest}, and {reviewed} was reviewed"
        remedy = "compare `plan.json` of this task with the plan that was reviewed"
        raise Refused(Diagnostic("Q708", what, remedy=remedy))
