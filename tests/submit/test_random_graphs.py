"""Random graphs and faults: whatever happens on the way, the group ends as it is meant to be."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from relpro.embedded import EmbeddedTaskcluster, Fault, Settings
from relpro.submit.submission import (
    Submission,
    SubmissionRefused,
    SubmissionUnreachable,
    submit,
)
from tests.submit.graphs import (
    CREATOR,
    GROUP,
    create_creator,
    created,
    now_of,
    patient,
    queue_of,
    tasks,
)

Edges = dict[str, list[str]]


@st.composite
def graphs(draw: st.DrawFn) -> Edges:
    """Label -> labels; tasks stand in any order."""
    size = draw(st.integers(1, 12))
    labels = [f"{draw(st.sampled_from('abc'))}-{number}" for number in range(size)]
    edges = {
        label: draw(st.lists(st.sampled_from(labels[:at]), unique=True, max_size=3)) if at else []
        for at, label in enumerate(labels)
    }
    return {label: edges[label] for label in draw(st.permutations(labels))}


KINDS = ("error-before", "error-after", "reset-before", "reset-after", "conflict")


class Submitting(RuleBasedStateMachine):
    """Submissions of one graph with whatever goes wrong, and hours that pass in between."""

    def __init__(self) -> None:
        super().__init__()
        self.service = EmbeddedTaskcluster(settings=Settings.at_once())
        self.service.__enter__()
        create_creator(self.service)
        self.edges: Edges = {}
        self.is_complete = False

    def teardown(self) -> None:
        self.service.__exit__(None, None, None)

    @initialize(edges=graphs())
    def choose(self, edges: Edges) -> None:
        self.edges = edges

    @rule(
        kind=st.sampled_from(KINDS), skip=st.integers(0, 12), patience=st.sampled_from([0.5, 1e6])
    )
    def submit_with_faults(self, kind: Any, skip: int, patience: float) -> None:
        before = set(created(self.service))
        self.service.faults.add(Fault(kind, {"createTask"}, skip=skip, probability=0.7))
        done = self.submit(patience)
        self.service.faults.clear()
        told = [*done.created, *done.existing, *done.failed, *done.skipped]
        assert sorted(told) == sorted(self.edges)
        there = set(created(self.service))
        assert before <= set(done.existing)
        assert {*done.created, *done.existing} <= there
        assert set(done.skipped.values()) <= set(done.failed)
        assert not {*done.skipped} & there

    @rule()
    def submit_undisturbed(self) -> None:
        done = self.submit(1e6)
        assert not done.failed
        assert not done.skipped
        self.is_complete = True

    @rule()
    def wait(self) -> None:
        self.service.clock.advance(2 * 3600)

    @invariant()
    def no_task_is_there_twice_or_starts(self) -> None:
        labels = created(self.service)
        assert len(labels) == len(set(labels))
        assert set(labels) <= self.edges.keys()
        states = self.service.states(GROUP)
        assert {state for key, state in states.items() if key != CREATOR} <= {
            "unscheduled",
            "exception",
        }

    @invariant()
    def a_complete_submission_is_complete(self) -> None:
        if self.is_complete:
            assert sorted(created(self.service)) == sorted(self.edges)

    def submit(self, patience: float) -> Submission:
        queue = queue_of(self.service, patience=patient(seconds=patience))
        try:
            return submit(queue, tasks(self.edges), now=now_of(self.service))
        except (SubmissionRefused, SubmissionUnreachable) as error:
            return error.submission


TestSubmitting = Submitting.TestCase
TestSubmitting.settings = settings(max_examples=25, stateful_step_count=8, deadline=None)


@given(edges=graphs())
@settings(max_examples=100, deadline=None)
def test_tasks_wait_for_their_dependencies_or_for_the_creating_task(edges: Edges) -> None:
    intended = tasks(edges)
    ids = {task.label: task.task_id for task in intended}
    for task in intended:
        needs = edges[task.label]
        expected = sorted(ids[need] for need in needs) or [CREATOR]
        assert task.body["dependencies"] == expected
        assert [intended[at].label for at in task.needs] == sorted(needs, key=lambda one: ids[one])
