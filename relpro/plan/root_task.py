"""Takes a pipeline that no task carries out, gives the root of its task group.

Tasks depend on the task that creates them, so that none starts before all exist. If a person
creates them, a root task takes its place: it depends on itself, and is scheduled when everything
exists.
"""

from collections.abc import Mapping

from relpro.graph.files import encode
from relpro.graph.taskids import task_id
from relpro.pipeline import Pipeline
from relpro.plan.carry_out import Desk, create, intended_tasks, refuse_unsafe
from relpro.plan.makers import ROOT
from relpro.plan.plan import Plan
from relpro.submit.dates import Dates
from relpro.submit.queue import refusal
from relpro.submit.scopes import check_scopes, creation, needed, steering
from relpro.submit.submission import Submission


def root_id(plan: Plan) -> str:
    """The id of the root for a plan: always the same, so that `relpro apply` can be repeated."""
    return task_id("plan", plan.digest)


def carry_out_under_root(pipeline: Pipeline, plan: Plan, desk: Desk) -> Submission:
    """Create the root, then the tasks of a pipeline whose creator it is; then schedule it.

    Raises like `carry_out`, and `Refused` (Q701, Q704) if the root is refused.
    """
    creator = pipeline.creator
    refuse_unsafe(pipeline, plan, desk.records, desk.now)
    root = _root(pipeline, plan)
    start = (steering("schedule", creator, root), ROOT)
    if desk.records.statuses([creator]):
        check_scopes(desk.queue.current_scopes(), [start], "letting these tasks start")
    else:
        # A caller who may not create the tasks or schedule the root must not leave a root behind.
        own = [(choice, ROOT) for choice in needed(root)]
        needs = (*creation(intended_tasks(pipeline)), *own, start)
        check_scopes(desk.queue.current_scopes(), needs)
        body = Dates(desk.now).resolve(encode(root))
        answer = desk.queue.create_task(creator, body)
        if not answer.is_good:
            raise refusal(answer, f"the root task `{creator}`")
    submission = create(pipeline, desk)
    desk.queue.schedule_task(creator)
    return submission


def _root(pipeline: Pipeline, plan: Plan) -> Mapping[str, object]:
    definitions = [task.definition for task in pipeline.morphed.graph]
    scheduler = definitions[0].get("schedulerId", "-") if definitions else "-"
    source = str(pipeline.parameters["head_repository"])
    return {
        "provisionerId": "built-in",
        "workerType": "succeed",
        "schedulerId": scheduler,
        "taskGroupId": pipeline.creator,
        "dependencies": [pipeline.creator],
        "created": {"relative-datestamp": "0 seconds"},
        "deadline": {"relative-datestamp": "1 day"},
        "expires": {"relative-datestamp": "1 year"},
        "payload": {},
        "metadata": {
            "name": ROOT,
            "description": f"Lets the tasks of plan {plan.digest} start once all of them exist.",
            "owner": str(pipeline.parameters["owner"]),
            "source": source if source.startswith("https://") else "https://example.com",
        },
        "extra": {"plan": plan.digest},
    }
