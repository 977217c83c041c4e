"""The rerun action: give a task that failed another run, under its own id."""

from relpro.actions.action import Action, Request, Rerun
from relpro.actions.action_input import Schema
from relpro.errors import Diagnostic, RelproError
from relpro.model.config import GraphConfig
from relpro.plan.records import unknown_task
from relpro.submit.group import CHECK_ID

_FAILED = frozenset({"failed", "exception"})


def _schema(_config: GraphConfig) -> Schema:
    return {
        "type": "object",
        "properties": {
            "force": {
                "type": "boolean",
                "description": "Run it again although it completed.",
                "default": False,
            }
        },
        "additionalProperties": False,
    }


def _rerun(request: Request) -> Rerun:
    task_id = request.of_task()
    status = request.records.statuses([task_id]).get(task_id)
    if status is None:
        raise unknown_task(task_id, "the queue does not know it", CHECK_ID)
    state = status["state"]
    if state not in _FAILED and not (state == "completed" and request.input["force"]):
        what = f"task `{task_id}` is {state}, so that it cannot be run again"
        remedy = "say `force: true`" if state == "completed" else "wait until it is resolved"
        raise RelproError(Diagnostic("Q707", what, remedy=remedy))
    return Rerun((task_id,))


RERUN = Action(
    name="rerun",
    title="Rerun",
    description="Give a failed task another run; what waits for it goes on when that completes.",
    symbol="rr",
    order=10,
    decide=_rerun,
    schema=_schema,
    context=({},),
)
