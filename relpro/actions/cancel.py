"""The cancel action: cancel one task."""

from relpro.actions.action import Action, Cancel, Request


def _cancel(request: Request) -> Cancel:
    return Cancel((request.of_task(),))


CANCEL = Action(
    name="cancel",
    title="Cancel Task",
    description="Cancel the task.",
    symbol="cx",
    order=350,
    decide=_cancel,
    context=({},),
    does="cancel",
)
