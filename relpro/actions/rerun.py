"""The rerun action: give a task that failed another run, under its own id."""

from relpro.actions.action import Action, Request, Rerun
from relpro.actions.action_input import Schema
from relpro.errors import Diagnostic, Refused, RelproError
from relpro.model.config import GraphConfig
from relpro.plan.records import Status, unknown_task
from relpro.submit.group import CHECK_ID

_FAILED = frozenset({"failed", "exception"})
_RESOLVED = frozenset({"completed", *_FAILED})


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
        remedy = "write `force: true`" if state == "completed" else "wait until it is resolved"
        raise RelproError(Diagnostic("Q707", what, remedy=remedy))
    if waiting := _not_completed(request, task_id, status):
        what = f"task `{task_id}` needs {', '.join(f'`{one}`' for one in waiting)}, not completed"
        why = "run again, it would start at once, without what it waits for and who signs it off"
        raise Refused(Diagnostic("Q707", what, why=why, remedy="see that these complete first"))
    return Rerun((task_id,))


def _not_completed(request: Request, task_id: str, status: Status) -> list[str]:
    """The uncompleted dependencies of a task, which the queue ignores when a task is rerun.

    A task that depends on itself waits for a sign-off; once it has run, that dependency does not
    count.
    """
    task = request.records.definitions([task_id]).get(task_id, {})
    signed_off = any(run.get("reasonCreated") == "scheduled" for run in status.get("runs", ()))
    needs = sorted({*task.get("dependencies", ())} - ({task_id} if signed_off else set()))
    statuses = request.records.statuses(needs)
    wanted = _RESOLVED if task.get("requires") == "all-resolved" else frozenset({"completed"})
    return [one for one in needs if statuses.get(one, {}).get("state") not in wanted]


RERUN = Action(
    name="rerun",
    title="Rerun",
    description="Give a failed task another run; what waits for it goes on when that completes.",
    symbol="rr",
    order=10,
    decide=_rerun,
    schema=_schema,
    context=({},),
    does="rerun",
)
