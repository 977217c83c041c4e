"""An action: what people and services can ask of a task group, and what it comes to.

An action decides, and does nothing itself: it takes a `Request` and gives `Work`, which
`relpro.actions.perform` carries out, or a desk shows.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

import attrs

from relpro.actions.action_input import Input, Schema
from relpro.actions.look_ups import LookUps
from relpro.errors import Diagnostic, RelproError
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.pipeline import Pipeline
from relpro.plan.records import Definition, Records
from relpro.project import Project

#: A set of tags: an action with it is offered on tasks that have them all (actions.json, context).
TagSet = Mapping[str, str]


@attrs.frozen
class Request:
    """Who asks for what.

    `input` is complete. `task_group_id` and `task_id` say on what the action was asked for;
    `creator` is the task that runs it, whose children new tasks are. `head` are the parameters
    that name the revision it was fired from (`head_rev`, `project`, `level`, ...), as far as they
    are known. `now` is the time of the request, with a time zone. `acts` is whether something is
    done: then nothing is believed of tasks that the queue does not know. `known` is what the queue
    says of its own task and of those it names (relpro.actions.authority).
    """

    project: Project
    input: Input
    task_group_id: str
    task_id: str | None
    creator: str
    head: Mapping[str, str]
    records: Records
    look_ups: LookUps
    now: datetime
    root_url: str
    acts: bool = False
    known: Mapping[str, Definition] = attrs.field(factory=dict)

    @property
    def config(self) -> GraphConfig:
        """The graph configuration of the project."""
        return self.project.config

    def of_group(self) -> str:
        """The group that the action is asked of. Raises `RelproError` (Q707) where none is said."""
        return _said(self.task_group_id, "task group", "--group")

    def of_task(self) -> str:
        """The task that the action is asked of. Raises `RelproError` (Q707) where none is said."""
        return _said(self.task_id, "task", "--task")


def _said(task_id: str | None, what: str, option: str) -> str:
    if task_id:
        return task_id
    remedy = f"name it with `{option}`, or ask for the action on it"
    raise RelproError(Diagnostic("Q707", f"it is not said of which {what}", remedy=remedy))


@attrs.frozen
class Generate:
    """Create the tasks of a generation, in the task group of the task that runs the action."""

    pipeline: Pipeline


@attrs.frozen
class Rerun:
    """Run resolved tasks again: `task_ids`."""

    task_ids: tuple[str, ...]


@attrs.frozen
class Cancel:
    """Cancel tasks that are not resolved yet: `task_ids`."""

    task_ids: tuple[str, ...]


Work = Generate | Rerun | Cancel

#: What an action may come to, by which its scopes are known: phases of a release, tasks of a push
#: once more, runs of tasks that exist, or their end.
Does = Literal["release", "create", "rerun", "cancel"]


def _always(_parameters: Parameters, _config: GraphConfig) -> bool:
    return True


def _no_input(_config: GraphConfig) -> Schema | None:
    return None


@attrs.frozen
class Action:
    """One action.

    `name` is what its readers know it by (`actions.json`, name); `callback` is the name by which it
    is triggered, unique among all, and `name` itself where it is empty. `permission` names the
    hook, and through it the scopes, with which it runs. `context` holds tag sets of tasks; an empty
    one means that it is asked of a task group. `symbol` is JSON-e, with `input` at hand. `order`
    sorts the list that people see. `available` tells whether a push can have it; `projects` are
    those that offer it, by name or alias, every one where it is None. `does` says what it may
    come to.
    """

    name: str
    title: str
    description: str
    symbol: str | Mapping[str, str]
    order: int
    decide: Callable[[Request], Work]
    schema: Callable[[GraphConfig], Schema | None] = _no_input
    context: tuple[TagSet, ...] = ()
    permission: str = "generic"
    available: Callable[[Parameters, GraphConfig], bool] = _always
    projects: tuple[str, ...] | None = None
    callback: str = ""
    does: Does = "create"

    @property
    def cb_name(self) -> str:
        """The name by which it is triggered."""
        return self.callback or self.name

    def is_for(self, project: str, config: GraphConfig) -> bool:
        """Whether a project offers the action."""
        return self.projects is None or config.names_project(self.projects, project)
