"""Declarative task graphs for release promotion on Taskcluster.

The public names are imported when they are first asked for, so that `relpro --help` need not load
the engine.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relpro.errors import RelproError
    from relpro.goal import Goal
    from relpro.graph.difference.difference import diff
    from relpro.graph.taskgraph import TaskGraph
    from relpro.model.parameters import Parameters
    from relpro.model.phase import Phase
    from relpro.model.task import Draft, Skipped, Task, TaskDescription
    from relpro.pipeline import Pipeline
    from relpro.project import Project
    from relpro.transform.context import Context
    from relpro.transform.data_file import DataFile
    from relpro.transform.section import Refusal, Section
    from relpro.transform.step import each, expand, whole

__all__ = [
    "Context",
    "DataFile",
    "Draft",
    "Goal",
    "Parameters",
    "Phase",
    "Pipeline",
    "Project",
    "Refusal",
    "RelproError",
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
    "Context": "relpro.transform.context",
    "DataFile": "relpro.transform.data_file",
    "Draft": "relpro.model.task",
    "Goal": "relpro.goal",
    "Parameters": "relpro.model.parameters",
    "Phase": "relpro.model.phase",
    "Pipeline": "relpro.pipeline",
    "Project": "relpro.project",
    "Refusal": "relpro.transform.section",
    "RelproError": "relpro.errors",
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


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'relpro' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
