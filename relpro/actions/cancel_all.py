"""The cancel-all action: cancel what a task group has not resolved yet."""

from relpro.actions.action import Action, Cancel, Request
from relpro.plan.records import UNRESOLVED


def _cancel_all(request: Request) -> Cancel:
    members = request.records.group(request.task_group_id)
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
)
