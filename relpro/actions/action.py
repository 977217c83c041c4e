"""An action: a request that people and services can make to a task group.

An action only decides: it takes a `Request` and returns `Work`, which `relpro.actions.perform`
carries out, or a dry run shows.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

from relpro.actions.action_input import Input, Schema
from relpro.actions.look_ups import LookUps
from relpro.errors import Diagnostic, RelproError
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.pipeline import Pipeline
from relpro.plan.records import Definition, Records
from relpro.project import Project

#: A set of tags: the action is offered for tasks that have them all (actions.json, context).
TagSet = Mapping[str, str]


@attrs.frozen
class Request:
    """A request for an action.

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
        """The group of the request. Raises `RelproError` (Q707) without one."""
        return _said(self.task_group_id, "task group", "--group")

    def of_task(self) -> str:
        """The task of the request. Raises `RelproError` (Q707) without one."""
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

#: The effects of actions, which decide their scopes: phases of a release, repeating tasks of a
#: push, further runs of existing tasks, or cancelling them.
Does = Literal["release", "create", "rerun", "cancel"]


def _always(_parameters: Parameters, _config: GraphConfig) -> bool:
    return True


def _nothing_else(_config: GraphConfig) -> Iterable[Mapping[str, object]]:
    return ()


def named_by(field: str, otherwise: str) -> Mapping[str, Any]:
    """A symbol: the text of a field of the input, or another where the input lacks the field."""
    return {
        "$if": f'input && "{field}" in input',
        "then": f"${{input.{field}}}",
        "else": otherwise,
    }


def _no_input(_config: GraphConfig) -> Schema | None:
    return None


@attrs.frozen
class Action:
    """One action.

    `name` identifies it to its readers (`actions.json`, name); `callback` is the name by which it
    is triggered, unique among all; if it is empty, that is `name`. `permission` names the hook with
    which it runs, and so its scopes. `context` are tag sets of tasks; an empty one means that it
    applies to a task group. `symbol` is JSON-e that can use `input`. `order` sorts the list that
    people see. `available` tells whether a push can have it; `projects` are those that offer it, by
    name or alias, or None for all. `does` is the effect. `generates` gives the parameters of its
    own with which it makes graphs, for every input that leads to other scopes; without them, its
    role gets the scopes of what `does` says.
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
    generates: Callable[[GraphConfig], Iterable[Mapping[str, Any]]] = _nothing_else

    @property
    def cb_name(self) -> str:
        """The name by which it is triggered."""
        return self.callback or self.name

    def is_for(self, project: str, config: GraphConfig) -> bool:
        """Whether a project offers the action."""
        return self.projects is None or config.names_project(self.projects, project)
