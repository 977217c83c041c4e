"""The cancel-all action: cancel all unresolved tasks of a task group."""

from relpro.actions.action import Action, Cancel, Request
from relpro.errors import Diagnostic, RelproError
from relpro.plan.records import UNRESOLVED
from relpro.submit.group import CHECK_ID


def _cancel_all(request: Request) -> Cancel:
    group = request.of_group()
    members = request.records.group(group)
    if not members:
        raise RelproError(Diagnostic("Q707", f"task group `{group}` has no tasks", remedy=CHECK_ID))
    return Cancel(
        tuple(
            task_id
            for task_id, status in members.items()
            if status["state"] in UNRESOLVED and task_id != request.creator
        )
    )


CANCEL_ALL = Action(
    name="cancel-all",
    title="Cancel All",
    description="Cancel every task of the group that is not resolved, except this action.",
    symbol="cAll",
    order=400,
    decide=_cancel_all,
    does="cancel",
)
