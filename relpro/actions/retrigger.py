"""The retrigger actions: run a task of a group again as a new task.

The tag `retrigger` of a task says whether that is harmless (relpro.stock.define). A task that
publishes would do so a second time, so retriggering it is a separate action that needs `force`.
"""

from relpro.actions.action import Action, Generate, Request
from relpro.actions.action_input import Schema
from relpro.actions.group import GroupGraph
from relpro.errors import Diagnostic, RelproError
from relpro.model.config import GraphConfig

_DOWNSTREAM: Schema = {
    "type": "boolean",
    "description": "Also run again what waits for the task.",
    "default": False,
}
_FORCE: Schema = {
    "type": "boolean",
    "description": "Run it again although it does something outside, which is then done twice.",
    "default": False,
}


def _schema(_config: GraphConfig) -> Schema:
    properties = {"downstream": _DOWNSTREAM}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _forced_schema(_config: GraphConfig) -> Schema:
    properties = {"downstream": _DOWNSTREAM, "force": _FORCE}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _retrigger(request: Request) -> Generate:
    request.of_task()
    group = GroupGraph.of(request)
    label = group.label()
    downstream = group.dependents(label) if request.input["downstream"] else ()
    labels = (label, *downstream)
    if not request.input.get("force"):
        _demand_harmless(group, labels)
    return group.generate(labels)


def _demand_harmless(group: GroupGraph, labels: tuple[str, ...]) -> None:
    """Raise `RelproError` (Q707) for tasks that may not be retriggered without `force`."""
    full = group.pipeline.full
    acting = [
        label
        for label in labels
        if label in full and full[label].definition["tags"].get("retrigger") != "true"
    ]
    if acting:
        more = f" and {len(acting) - 1} more" if len(acting) > 1 else ""
        what = f"`{acting[0]}`{more} would do a second time what it does outside"
        remedy = "ask for `retrigger-disabled` with `force: true`, if that is meant"
        raise RelproError(
            Diagnostic("Q707", what, why="its tag `retrigger` is not `true`", remedy=remedy)
        )


RETRIGGER = Action(
    name="retrigger",
    title="Retrigger",
    description="Run the task again, as a new task.",
    symbol="rt",
    order=11,
    decide=_retrigger,
    schema=_schema,
    context=({"retrigger": "true"},),
)

RETRIGGER_FORCED = Action(
    name="retrigger",
    callback="retrigger-disabled",
    title="Retrigger (forced)",
    description="Run the task again, as a new task, although it acts on what others see.",
    symbol="rt",
    order=12,
    decide=_retrigger,
    schema=_forced_schema,
    context=({"retrigger": "false"},),
)
