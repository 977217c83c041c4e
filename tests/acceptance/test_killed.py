"""kill -9 of whoever creates the tasks of a promotion, at any of its requests.

`python -m tests.acceptance.soak` kills at every request, and in a promotion of full size.
"""

from typing import Any

import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Fault
from relpro.graph.taskids import task_id
from relpro.project import Project
from tests.acceptance.ci import Ci, ended
from tests.acceptance.crashes import Crashing, Moment, kill_when_held
from tests.acceptance.intentions import small_promotion
from tests.acceptance.test_release import SMALL_INPUT
from tests.actions.events import OWN

#: Made-up locales, so that promoting takes more than 300 tasks.
MORE = 5

#: The first requests ask what there is; then come waves of tasks, and the last one.
POINTS = (0, 1, 2, 3, 50, 100, 151, 202, 253, 290, -2, -1)


@pytest.fixture(scope="module")
def crashing(relpro_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Crashing:
    intention = small_promotion(relpro_project, MORE)
    assert len(intention.tasks) >= 300
    return Crashing.of(intention, tmp_path_factory.mktemp("crashing"))


@pytest.mark.parametrize("point", POINTS)
def test_a_submission_killed_at_a_request_is_completed_by_the_next(
    crashing: Crashing, point: int
) -> None:
    moment: Moment = "after" if point % 2 else "before"
    at = point % crashing.requests
    assert crashing.survives(at, moment) <= at + 50


def begin_promotion(ci: Ci, created: int) -> str:
    """Promote in a process that is killed when it has created so many tasks; gives its task id."""
    assert ci.push().code == 0
    ci.service.complete_all()
    own = task_id(OWN, "promote")
    given = {**SMALL_INPUT, "release_promotion_flavor": "promote_firefox"}
    ci.create(own, ci.action_task("release-promotion", given, own))
    claim = ci.claim(own)
    holding = Fault("hang-before", {"createTask"}, skip=created, seconds=600)
    kill_when_held(ci.service, holding, lambda: ci.start(claim, *ci.action_words(own)))
    states = ci.service.states(own)
    assert len(states) == created
    assert set(states.values()) == {"unscheduled"}
    ci.service.clock.advance(2 * 3600)
    return own


@pytest.mark.parametrize("created", [1, 150])
def test_an_action_task_killed_while_it_creates_tasks_is_completed_by_its_next_run(
    ci: Ci, service: EmbeddedTaskcluster, created: int
) -> None:
    own = begin_promotion(ci, created)
    claim = ci.claim(own)
    assert claim["runId"] == 1
    ran = ended(ci.start(claim, *ci.action_words(own)))
    assert ran.code == 0, ran.err
    assert ran.out == f"{202 - created} tasks created, {created} there already\n"
    assert set(service.states(own).values()) == {"unscheduled"}
    ci.finish(claim, ran)
    assert service.tasks(own).keys() == ci.json(own, "task-graph.json").keys()
    service.complete_all()
    assert set(service.states().values()) == {"completed"}


def test_the_next_run_goes_on_although_the_index_has_learned_of_other_images(
    ci: Ci, service: EmbeddedTaskcluster
) -> None:
    own = begin_promotion(ci, 150)
    (other, *_), begun = images(service, OWN), images(service, own)
    assert begun
    entry = {"taskId": other, "rank": 1, "data": {}, "expires": service.task(other)["expires"]}
    index = taskcluster.Index(service.options())
    for task in begun.values():
        for route in task["routes"]:
            index.insertTask(route.removeprefix("index."), entry)
    ran = ended(ci.start(ci.claim(own), *ci.action_words(own)))
    assert (ran.code, ran.out) == (0, "52 tasks created, 150 there already\n"), ran.err


def test_two_runs_at_once_make_every_task_once(ci: Ci, service: EmbeddedTaskcluster) -> None:
    # As when a worker is taken for dead and is not.
    own = begin_promotion(ci, 20)
    claim = ci.claim(own)
    service.faults.add(Fault("latency", {"createTask"}, seconds=0.05))
    both = [ci.start(claim, *ci.action_words(own)) for _ in range(2)]
    for ran in map(ended, both):
        assert ran.code == 0, ran.err
    labels = [task["metadata"]["name"] for task in service.tasks(own).values()]
    assert len(labels) == len(set(labels)) == 202
    assert set(service.states(own).values()) == {"unscheduled"}


def images(service: EmbeddedTaskcluster, group: str) -> dict[str, dict[str, Any]]:
    tasks = service.tasks(group)
    return {key: task for key, task in tasks.items() if task["tags"]["kind"] == "docker-image"}
