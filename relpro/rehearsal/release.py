"""Takes a revision, gives the phases of its release: a push, then each promotion."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import attrs
import taskcluster

from relpro.model.config import Flavor
from relpro.rehearsal.faults import Mishaps
from relpro.rehearsal.happening import promote, push, sign_off
from relpro.rehearsal.phases import Over, Phase, finish
from relpro.rehearsal.plan import Plan
from relpro.rehearsal.rules import look
from relpro.rehearsal.stage import Stage
from relpro.rehearsal.stating import Stating

#: Seconds after shipping at which a release is offered; the script schedules it for later.
_SCHEDULED = 600

_BUILD = 1

#: Called with the name of a phase, and the number of its tasks in each state.
Tell = Callable[[str, Counter[str]], object]

#: Version -> build number and locales of the releases from which users update.
Updates = Mapping[str, Mapping[str, Any]]


def release(
    plan: Plan,
    here: Stage,
    revision: str,
    version: str,
    pushed: float,
    flavors: tuple[Flavor, ...],
    updates: Updates,
    stating: Stating,
    mishaps: Mishaps,
    tell: Tell,
) -> tuple[Phase, ...]:
    """Release a revision, with gates signed off by their roles.

    Raises `RelproError`: U814 for a task that fails, U816 for a file that no task has published.
    """
    stating.begin()
    made = push(plan, here.service.root_url, revision, pushed)
    here.staff({_pool(made.task): "docker-worker", **plan.pools(made.task, made.about)})
    began = time.time()
    taskcluster.Queue(here.service.options()).createTask(made.task_id, made.task)
    name = f"{plan.product}-{version}-build{_BUILD}"
    course = _Course(here, stating, mishaps, name, revision, made.task_id, tell)
    phases = [course.finished("build", made.task_id, began)]
    for flavor in flavors:
        began = time.time()
        groups = [phase.group for phase in phases]
        further = mishaps.given(flavor.phase.value)
        given = {**_input(flavor, groups, version, updates), **further}
        group = promote(here.service, here.queue, made.task_id, given)
        # The action is a task of the push, but the tasks that it creates are not.
        course.finish(flavor.phase.value, made.task_id)
        phases.append(course.finished(flavor.phase.value, group, began))
    with here.clock.put_forward(_SCHEDULED):
        look(here.update_address)  # the next request applies changes that are due
    return tuple(phases)


@attrs.frozen
class _Course:
    """Runs the phases of a release to their end, and makes statements about them."""

    here: Stage
    stating: Stating
    mishaps: Mishaps
    release: str
    revision: str
    decision: str
    tell: Tell

    def finished(self, name: str, group: str, began: float) -> Phase:
        """The phase of a group, after its end."""
        entries, signed = self.finish(name, group)
        phase = Phase(name, group, entries, signed, began, time.time())
        self.stating.promote(self.release, self.revision, phase)
        return phase

    def finish(self, name: str, group: str) -> Over:
        """Wait for the end of a group."""
        crew = self.here.crew

        def look() -> None:
            crew.check()
            self.mishaps.look(name, group if group != self.decision else "")

        return finish(
            self.here.service, group, self._sign, look, crew.pools, partial(self.tell, name)
        )

    def _sign(self, task_id: str, role: str) -> None:
        """Sign off a gate, after a check that no file was changed."""
        self.stating.check()
        sign_off(self.here.service, task_id, self.mishaps.role(role))


def _pool(task: Mapping[str, object]) -> str:
    return f"{task['provisionerId']}/{task['workerType']}"


def _input(
    flavor: Flavor, groups: list[str], version: str, updates: Updates
) -> Mapping[str, object]:
    """The input of a person who promotes."""
    given: dict[str, Any] = {
        "release_promotion_flavor": flavor.name,
        "build_number": _BUILD,
        "previous_graph_ids": groups,
    }
    if flavor.partial_updates and updates:
        given["partial_updates"] = updates
    if flavor.version_bump:
        given["next_version"] = next_version(version)
    return given


def next_version(version: str) -> str:
    """The next version: the last number is increased by one."""
    before, after = re.split(r"\d+(?=\D*$)", version, maxsplit=1)
    number = version[len(before) : len(version) - len(after)]
    return f"{before}{int(number) + 1}{after}"
