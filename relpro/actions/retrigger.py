"""The retrigger action: run a task of a group again as a new task."""

from relpro.actions.action import Action, Generate, Request
from relpro.actions.action_input import Schema
from relpro.actions.group import GroupGraph
from relpro.model.config import GraphConfig


def _schema(_config: GraphConfig) -> Schema:
    return {
        "type": "object",
        "properties": {
            "downstream": {
                "type": "boolean",
                "description": "Also run again what waits for the task.",
                "default": False,
            }
        },
        "additionalProperties": False,
    }


def _retrigger(request: Request) -> Generate:
    request.of_task()
    group = GroupGraph.of(request)
    label = group.label()
    downstream = group.dependents(label) if request.input["downstream"] else ()
    return group.generate((label, *downstream))


RETRIGGER = Action(
    name="retrigger",
    title="Retrigger",
    description="Run the task again, as a new task.",
    symbol="rt",
    order=11,
    decide=_retrigger,
    schema=_schema,
    context=({},),
)
