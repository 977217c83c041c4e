"""Promotions of this project's kinds as tasks that are to be submitted, and what they stand on."""

from collections.abc import Mapping
from typing import Any

import attrs
import yaml

from relpro.embedded import EmbeddedTaskcluster
from relpro.goal import Goal
from relpro.graph.taskids import task_id
from relpro.model.phase import Phase
from relpro.optimize.optimize import Optimized
from relpro.parameters.read import read_value
from relpro.pipeline import Pipeline
from relpro.plan.carry_out import intended_tasks
from relpro.plan.reused import needed_labels
from relpro.project import Project
from relpro.submit.dates import Dates
from relpro.submit.intended import Intended
from tests.acceptance.checkout import ROOT, SMALL, small_release
from tests.submit.graphs import body, encoded, now_of, queue_of

CREATOR = task_id("DecisionOfTheTestsAAAA", "promote")

#: How much longer than its dependents a reused task lasts.
_LASTING = {
    "deadline": {"relative-datestamp": "1 day"},
    "expires": {"relative-datestamp": "2 years"},
}


@attrs.frozen
class Intention:
    """The tasks of a promotion, and the ids of the earlier tasks that they need."""

    tasks: tuple[Intended, ...]
    reused: tuple[str, ...]

    @property
    def ids(self) -> set[str]:
        """The ids of the tasks that are to be."""
        return {task.task_id for task in self.tasks}


def promotion(project: Project, values: Mapping[str, Any]) -> Intention:
    """What promoting the first product creates, where the build phase has been."""
    pipeline = attrs.evolve(
        Pipeline.of(project, values, Goal(phase=Phase.PROMOTE)), creator=CREATOR
    )
    return Intention(intended_tasks(pipeline), _reused(pipeline.optimized))


def small_promotion(project: Project, locales: int) -> Intention:
    """A promotion of three locales, and of so many more that are made up."""
    values = yaml.safe_load(SMALL.read_bytes())
    changesets = small_release(locales).changesets
    return promotion(project, {**values, "l10n_changesets": changesets})


def large_promotion(project: Project) -> Intention:
    """The promotion of the example release: thousands of tasks."""
    folder = ROOT / "docs" / "examples" / "release"
    values: dict[str, Any] = {}
    for name in ("parameters.yml", "history.json"):
        values |= read_value(folder / name)
    return promotion(project, values)


def prepare(service: EmbeddedTaskcluster, intention: Intention) -> None:
    """Create what is there before a promotion: completed tasks of the push, then its own task."""
    scheduler = intention.tasks[0].body["schedulerId"]
    for key in intention.reused:
        _create(service, key, taskGroupId=intention.reused[0], schedulerId=scheduler)
    service.complete_all()
    _create(service, CREATOR, taskGroupId=CREATOR, schedulerId=scheduler)


def _create(service: EmbeddedTaskcluster, key: str, **fields: str) -> None:
    definition = {**body(key, ()), **_LASTING, **fields}
    request = Dates(now_of(service)).resolve(encoded(definition))
    answer = queue_of(service).create_task(key, request)
    assert answer.is_good, answer.message


def _reused(optimized: Optimized) -> tuple[str, ...]:
    return tuple(optimized.replaced[label] for label in needed_labels(optimized))
