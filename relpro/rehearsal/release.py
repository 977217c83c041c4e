"""Takes a revision, gives the phases of its release: a push, and each promotion upon the last."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import taskcluster

from relpro.model.config import Flavor
from relpro.rehearsal.happening import promote, push, sign_off
from relpro.rehearsal.phases import Over, Phase, finish
from relpro.rehearsal.plan import Plan
from relpro.rehearsal.rules import look
from relpro.rehearsal.stage import Stage

#: How long after a release has shipped it is offered, seconds: the script schedules it for later.
_SCHEDULED = 600

#: Tells of a phase by its name how many tasks have each state.
Tell = Callable[[str, Counter[str]], object]

#: Version -> build number and locales of what users update from.
Updates = Mapping[str, Mapping[str, Any]]


def release(
    plan: Plan,
    here: Stage,
    revision: str,
    version: str,
    pushed: float,
    flavors: tuple[Flavor, ...],
    updates: Updates,
    tell: Tell,
) -> tuple[Phase, ...]:
    """Release a revision, gates signed off by their roles. Raises `RelproError` (U814)."""
    made = push(plan, here.service.root_url, revision, pushed)
    here.staff({_pool(made.task): "docker-worker", **plan.pools(made.task, made.about)})
    began = time.time()
    taskcluster.Queue(here.service.options()).createTask(made.task_id, made.task)
    phases = [_finished(here, "build", made.task_id, began, tell)]
    for flavor in flavors:
        began = time.time()
        groups = [phase.group for phase in phases]
        given = _input(flavor, groups, version, updates)
        group = promote(here.service, here.queue, made.task_id, given)
        phases.append(_promoted(here, flavor.phase.value, group, made.task_id, began, tell))
    with here.clock.put_forward(_SCHEDULED):
        look(here.update_address)  # whoever asks finds what is due
    return tuple(phases)


def _pool(task: Mapping[str, Any]) -> str:
    return f"{task['provisionerId']}/{task['workerType']}"


def _input(flavor: Flavor, groups: list[str], version: str, updates: Updates) -> Mapping[str, Any]:
    """What a person would say who promotes."""
    given: dict[str, Any] = {
        "release_promotion_flavor": flavor.name,
        "build_number": 1,
        "previous_graph_ids": groups,
    }
    if flavor.partial_updates and updates:
        given["partial_updates"] = updates
    if flavor.version_bump:
        given["next_version"] = next_version(version)
    return given


def next_version(version: str) -> str:
    """The version after one: its last number is one more."""
    before, after = re.split(r"\d+(?=\D*$)", version, maxsplit=1)
    number = version[len(before) : len(version) - len(after)]
    return f"{before}{int(number) + 1}{after}"


def _promoted(here: Stage, name: str, group: str, decision: str, began: float, tell: Tell) -> Phase:
    """The phase whose action is `group`: the action is a task of the push, its tasks are not."""
    _finish(here, name, decision, tell)
    return _finished(here, name, group, began, tell)


def _finished(here: Stage, name: str, group: str, began: float, tell: Tell) -> Phase:
    entries, signed = _finish(here, name, group, tell)
    return Phase(name, group, entries, signed, began, time.time())


def _finish(here: Stage, name: str, group: str, tell: Tell) -> Over:
    sign = partial(sign_off, here.service)
    return finish(here.service, group, sign, here.crew.check, here.crew.pools, partial(tell, name))
