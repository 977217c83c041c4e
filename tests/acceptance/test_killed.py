"""kill -9 of whoever creates the tasks of a promotion, at any of its requests.

`python -m tests.acceptance.soak` kills at every request, and in a promotion of full size.
"""

import pytest

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


@pytest.mark.parametrize("created", [1, 150])
def test_an_action_task_killed_while_it_creates_tasks_is_completed_by_its_next_run(
    ci: Ci, service: EmbeddedTaskcluster, created: int
) -> None:
    assert ci.push().code == 0
    service.complete_all()
    own = task_id(OWN, "promote")
    given = {**SMALL_INPUT, "release_promotion_flavor": "promote_firefox"}
    ci.create(own, ci.action_task("release-promotion", given, own))
    ci.claim(own)
    holding = Fault("hang-before", {"createTask"}, skip=created, seconds=600)
    kill_when_held(service, holding, lambda: ci.start(own, *ci.action_words(own)))
    assert set(service.states(own).values()) == {"unscheduled"}
    assert len(service.states(own)) == created

    service.clock.advance(2 * 3600)
    claim = ci.claim(own)
    assert claim["runId"] == 1
    ran = ended(ci.start(own, *ci.action_words(own)))
    assert ran.code == 0, ran.err
    assert ran.out == f"{192 - created} tasks created, {created} were there\n"
    assert set(service.states(own).values()) == {"unscheduled"}
    ci.finish(claim, ran)
    assert service.tasks(own).keys() == ci.json(own, "task-graph.json").keys()
    service.complete_all()
    assert set(service.states().values()) == {"completed"}
