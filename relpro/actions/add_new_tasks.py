"""The add-new-tasks action: create tasks that a group's decision left out."""

from relpro.actions.action import Action, Generate, Request
from relpro.actions.action_input import Schema
from relpro.actions.group import GroupGraph
from relpro.model.config import GraphConfig


def _schema(_config: GraphConfig) -> Schema:
    return {
        "type": "object",
        "properties": {
            "tasks": {
                "type": "array",
                "description": "Labels of the tasks to create.",
                "items": {"type": "string"},
                "minItems": 1,
                "uniqueItems": True,
            }
        },
        "required": ["tasks"],
        "additionalProperties": False,
    }


def _add_new_tasks(request: Request) -> Generate:
    return GroupGraph.of(request).generate(tuple(request.input["tasks"]))


ADD_NEW_TASKS = Action(
    name="add-new-tasks",
    title="Add New Tasks",
    description="Create tasks that were left out, with what they need and the group does not have.",
    symbol="add-new",
    order=10000,
    decide=_add_new_tasks,
    schema=_schema,
)
