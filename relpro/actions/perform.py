"""Takes the work of an action, carries it out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from relpro.actions.action import Cancel, Generate, Rerun, Work
from relpro.errors import Diagnostic, Refused, RelproError, Unreachable
from relpro.pipeline import Pipeline
from relpro.plan.carry_out import Desk, carry_out, prepare
from relpro.plan.plan import Plan
from relpro.plan.records import Status
from relpro.submit.queue import Queue
from relpro.submit.scopes import check_scopes, steering

#: States in which there is nothing left to do.
_ENDED = frozenset({"completed", "failed"})

_NOTHING = "nothing to do: every task is resolved"

#: Returns the content of `actions.json` for a generation.
ActionsOf = Callable[[Pipeline], Mapping[str, Any]]


def perform(
    work: Work, desk: Desk, folder: Path, actions_of: ActionsOf, reviewed: str = ""
) -> Iterator[str]:
    """Do the work; returns one line for each thing done.

    The artifacts of a generation are written into `folder`. If `reviewed` is the digest of a plan,
    raises `Refused` (Q708) unless the generation has exactly that plan. Raises like `carry_out`.
    """
    match work:
        case Generate(pipeline):
            plan = prepare(pipeline, folder, actions_of(pipeline))
            refuse_unreviewed(plan, reviewed)
            yield carry_out(pipeline, plan, desk).told
        case Rerun(task_ids):
            refuse_unless_allowed("rerun", task_ids, desk.queue)
            yield from _each(task_ids, desk.queue.rerun_task, "run again")
        case Cancel(task_ids):
            refuse_unless_allowed("cancel", task_ids, desk.queue)
            yield from _each(task_ids, desk.queue.cancel_task, "cancelled")


_DOING: Final = {"rerun": "running these tasks again", "cancel": "cancelling these tasks"}


def refuse_unless_allowed(verb: str, task_ids: Sequence[str], queue: Queue) -> None:
    """Raise `Refused` (Q704) if the caller may not `rerun` or `cancel` one of the tasks.

    In that case, nothing has been done to any of them.
    """
    needs = [
        (steering(verb, task_id, body), body.get("tags", {}).get("kind", "a task"))
        for task_id, body in queue.definitions(task_ids).items()
    ]
    check_scopes(queue.current_scopes(), needs, _DOING[verb])


def steps(work: Rerun | Cancel) -> Iterator[str]:
    """What would be done, one line for each task."""
    word = "run again" if isinstance(work, Rerun) else "cancel"
    yield from (f"{word}: {task_id}" for task_id in work.task_ids)
    if not work.task_ids:
        yield _NOTHING


def _each(task_ids: Iterable[str], steer: Callable[[str], Status], word: str) -> Iterator[str]:
    """Do it to every task. If the queue refuses one, the others are still handled."""
    refused: list[Diagnostic] = []
    for task_id in task_ids:
        try:
            state = steer(task_id)["state"]
        except Unreachable:
            raise
        except RelproError as error:
            refused.extend(error.diagnostics)
        else:
            # The queue accepts the call if there is nothing to do, and says so (queue API,
            # cancelTask).
            yield f"{word}: {task_id}" if state not in _ENDED else f"{state} already: {task_id}"
    if not task_ids:
        yield _NOTHING
    if refused:
        raise Refused(*refused)


def refuse_unreviewed(plan: Plan, reviewed: str) -> None:
    """Raise `Refused` (Q708) if a plan was reviewed and this is another one."""
    if reviewed and plan.digest != reviewed:
        what = f"the plan is {plan.digest}, and {reviewed} was reviewed"
        remedy = "compare `plan.json` of this task with the plan that was reviewed"
        raise Refused(Diagnostic("Q708", what, remedy=remedy))
