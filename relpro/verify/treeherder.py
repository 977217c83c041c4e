"""Takes the full graph, finds tasks that the queue accepts but Treeherder would not show.

Treeherder checks `extra.treeherder` of a task, and the message that it makes from it, against its
own schemas, and ignores tasks that do not fit; only its own log says so. Source: Treeherder,
schemas/task-treeherder-config.yml and schemas/pulse-job.yml, read by
treeherder/etl/taskcluster_pulse/handler.py (validateTask, buildMessage).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import attrs

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.values.wording import shown

MAX_SYMBOL = 25
MAX_GROUP_NAME = 100
MAX_PLATFORM = 50

_WORD = re.compile(r"[A-Za-z0-9_-]+")
_KINDS = ("build", "test", "other")
_TIERS = (1, 2, 3)


def treeherder_shows_every_task(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """The Treeherder data of every task fits Treeherder's schemas (G320).

    Tasks with equal data share it: each object is checked once, by identity; so is each part that
    was valid.
    """
    seen: set[int] = set()
    fine: set[object] = set()
    for task in graph:
        said = task.definition.get("extra", {}).get("treeherder")
        if said is None or id(said) in seen:
            continue
        seen.add(id(said))
        for fault in _faults(said, fine):
            yield _unseen(task, fault)


@attrs.frozen
class _Fault:
    """An error in a part of the Treeherder data, and the remedy."""

    what: str
    remedy: str


def _unseen(task: Task, fault: _Fault) -> Diagnostic:
    return Diagnostic(
        "G320",
        f"task `{task.label}`: {fault.what}",
        (task.origin,),
        why="Treeherder would not show the task: it passes by what does not fit its schema",
        remedy=fault.remedy,
    )


def _faults(said: object, fine: set[object]) -> Iterator[_Fault]:
    if not isinstance(said, Mapping):
        what = f"`treeherder` is {shown(said)}, and must be a mapping"
        yield _Fault(what, "say `symbol` and `platform` in it")
        return
    for name, (is_required, check) in _PARTS.items():
        if name not in said and not is_required:
            continue
        value = said.get(name)
        key = (name, type(value), tuple(value.items()) if type(value) is dict else value)
        try:
            if key in fine:
                continue
        except TypeError:  # it contains a value that is never allowed there
            key = (name, type(value), None)
        faults = [*check(value)]
        if not faults:
            fine.add(key)
        yield from faults


def _text(value: object, *, name: str, most: int, least: int = 1) -> Iterator[_Fault]:
    if not isinstance(value, str):
        yield _Fault(f"{name} is {shown(value)}, and must be text", "write it as text")
    elif not least <= len(value) <= most:
        what = (
            f"{name} `{value}` has {len(value)} characters, and Treeherder takes {least} to {most}"
        )
        yield _Fault(what, "write a shorter one" if value else "write one")


def _word(value: object, *, name: str) -> Iterator[_Fault]:
    if isinstance(value, str) and value and not _WORD.fullmatch(value):
        what = f"{name} `{value}` has characters other than letters, digits, `-` and `_`"
        yield _Fault(what, "remove the others")
    else:
        yield from _text(value, name=name, most=MAX_PLATFORM)


def _machine(value: object) -> Iterator[_Fault]:
    if isinstance(value, Mapping) and "platform" in value:
        yield from _word(value["platform"], name="platform")
    else:
        what = f"`machine` is {shown(value)}, and must say the `platform`"
        yield _Fault(what, "say `platform: linux64/opt`, or so")


def _collection(value: object) -> Iterator[_Fault]:
    names = value if isinstance(value, Mapping) else (value,)
    for name in names:
        yield from _word(name, name="what stands after the slash of the platform,")


def _one_of(value: object, *, name: str, choices: tuple[object, ...]) -> Iterator[_Fault]:
    if value not in choices or isinstance(value, bool):
        listed = ", ".join(str(one) for one in choices)
        yield _Fault(f"{name} is {shown(value)}, and must be one of {listed}", "choose one")


#: Key -> whether it is required, and the check of its value.
_PARTS: Mapping[str, tuple[bool, Callable[[Any], Iterator[_Fault]]]] = {
    "symbol": (True, partial(_text, name="symbol", most=MAX_SYMBOL, least=0)),
    "groupSymbol": (False, partial(_text, name="group", most=MAX_SYMBOL)),
    "groupName": (False, partial(_text, name="name of the group,", most=MAX_GROUP_NAME)),
    "machine": (False, _machine),
    "collection": (False, _collection),
    "jobKind": (False, partial(_one_of, name="kind", choices=_KINDS)),
    "tier": (False, partial(_one_of, name="tier", choices=_TIERS)),
}
