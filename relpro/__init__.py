"""Declarative task graphs for release promotion on Taskcluster.

The public names are imported when they are first used, so that `relpro --help` does not load the
engine.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relpro.actions.action import Action, Cancel, Generate, Request, Rerun
    from relpro.errors import RelproError
    from relpro.goal import Goal
    from relpro.graph.difference.difference import diff
    from relpro.graph.taskgraph import TaskGraph
    from relpro.model.parameters import Parameters
    from relpro.model.phase import Phase
    from relpro.model.task import Draft, Skipped, Task, TaskDescription
    from relpro.optimize.outcome import Keep, Remove, Replace
    from relpro.pipeline import Pipeline
    from relpro.project import Project
    from relpro.stock.workers.payload import Payload
    from relpro.transform.context import Context
    from relpro.transform.data_file import DataFile
    from relpro.transform.section import Refusal, Section
    from relpro.transform.step import each, expand, whole
    from relpro.verify.project import Objection

__all__ = [
    "Action",
    "Cancel",
    "Context",
    "DataFile",
    "Draft",
    "Generate",
    "Goal",
    "Keep",
    "Objection",
    "Parameters",
    "Payload",
    "Phase",
    "Pipeline",
    "Project",
    "Refusal",
    "RelproError",
    "Remove",
    "Replace",
    "Request",
    "Rerun",
    "Section",
    "Skipped",
    "Task",
    "TaskDescription",
    "TaskGraph",
    "diff",
    "each",
    "expand",
    "whole",
]

_HOMES = {
    "Action": "relpro.actions.action",
    "Cancel": "relpro.actions.action",
    "Context": "relpro.transform.context",
    "DataFile": "relpro.transform.data_file",
    "Draft": "relpro.model.task",
    "Generate": "relpro.actions.action",
    "Goal": "relpro.goal",
    "Keep": "relpro.optimize.outcome",
    "Objection": "relpro.verify.project",
    "Parameters": "relpro.model.parameters",
    "Payload": "relpro.stock.workers.payload",
    "Phase": "relpro.model.phase",
    "Pipeline": "relpro.pipeline",
    "Project": "relpro.project",
    "Refusal": "relpro.transform.section",
    "RelproError": "relpro.errors",
    "Remove": "relpro.optimize.outcome",
    "Replace": "relpro.optimize.outcome",
    "Request": "relpro.actions.action",
    "Rerun": "relpro.actions.action",
    "Section": "relpro.transform.section",
    "Skipped": "relpro.model.task",
    "Task": "relpro.model.task",
    "TaskDescription": "relpro.model.task",
    "TaskGraph": "relpro.graph.taskgraph",
    "diff": "relpro.graph.difference.difference",
    "each": "relpro.transform.step",
    "expand": "relpro.transform.step",
    "whole": "relpro.transform.step",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'relpro' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
