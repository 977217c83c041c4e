"""Merges of merge days: the action that people and Ship-it ask for one, and what they may change.

Source: umbrafox 11bdaf9, gecko_taskgraph/actions/merge_automation.py and
transforms/merge_automation.py.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro.actions.action import Action, Generate, Request, named_by
from relpro.actions.action_input import Schema
from relpro.actions.group import GroupGraph
from relpro.model.config import GraphConfig
from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.transform.step import each

METHOD = "merge_automation"

#: Values of the merge that may be others, which is useful for tests.
_TEXTS = {
    "from-branch": "The branch to merge.",
    "to-branch": "The branch to merge into.",
    "from-revision": "The revision of the former, whose version is tagged as its base.",
    "to-revision": "The revision of the latter, whose version is counted up.",
    "fetch-version-from": "The file that says the version.",
}


def _schema(config: GraphConfig) -> Schema:
    texts = {name: {"type": "string", "description": said} for name, said in _TEXTS.items()}
    flags = {
        "force-dry-run": {
            "type": "boolean",
            "description": "Show what would be changed, and push nothing.",
            "default": True,
        },
        "update-clobber-file": {
            "type": "boolean",
            "description": "Whether builds must begin anew.",
        },
    }
    behavior = {"type": "string", "description": "What to do.", "enum": _behaviors(config)}
    number = {"type": "integer", "description": "Ship-it's number of the merge.", "minimum": 1}
    return {
        "type": "object",
        "properties": {"behavior": behavior, **flags, **texts, "merge-automation-id": number},
        "required": ["behavior"],
        "additionalProperties": False,
    }


def _behaviors(config: GraphConfig) -> list[str]:
    return list(config.variables["merge-behaviors"])


def _asked(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a merge, which is not part of a release."""
    rest = {name: given[name] for name in (*_TEXTS, "update-clobber-file") if name in given}
    return {
        "target_tasks_method": METHOD,
        "next_version": None,
        "merge_behavior": given["behavior"],
        "merge_automation_id": given.get("merge-automation-id", 0),
        "merge_config": {"dry-run": given["force-dry-run"], **rest},
    }


def _merge(request: Request) -> Generate:
    return GroupGraph.of(request).generate_with(_asked(request.input))


def _every(config: GraphConfig) -> Iterator[Mapping[str, Any]]:
    for behavior in _behaviors(config):
        yield _asked({"behavior": behavior, "force-dry-run": False, "merge-automation-id": 1})


MERGE_AUTOMATION = Action(
    name="merge-automation",
    title="Merge Day Automation",
    description="Merge a branch into the next one, or count up its version.",
    symbol=named_by("behavior", "merge"),
    order=500,
    decide=_merge,
    schema=_schema,
    permission="merge-automation",
    generates=_every,
)


def add_what_is_asked(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The merge, with the values that the action was asked for. Raises `Refusal` without one."""
    said = dict(ctx.parameters["merge_config"])
    if "merge-info" not in task.worker:
        what = "`worker` says nothing of the merge"
        raise Refusal(what, "give it `merge-info`", ("worker",))
    dry_run = said.pop("dry-run", True)
    return task.with_worker(dry_run=dry_run, merge_info={**task.worker["merge-info"], **said})


transforms = (each(add_what_is_asked),)
