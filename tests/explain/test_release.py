"""Explanations of this project's own release."""

from pathlib import Path

import pytest

from relpro.explain.reasons import Reasons
from relpro.explain.remedies import seek_remedy
from relpro.explain.values import explain_value
from relpro.explain.words import reason_lines
from relpro.pipeline import Goal, Pipeline
from relpro.project import Project
from relpro.testing.pipelines import MakePipeline

ROOT = Path(__file__).parents[2]
PARAMETERS = ROOT / "tests" / "graphs" / "firefox" / "parameters.yml"


@pytest.fixture(scope="module")
def promote() -> Pipeline:
    return MakePipeline(Project(ROOT))(PARAMETERS, flavor="promote_firefox")


def test_every_label_is_created_or_its_absence_is_explained(promote: Pipeline) -> None:
    reasons = Reasons(promote)
    created = promote.morphed.graph
    for label in {*promote.full.labels, *reasons.labels}:
        reason = reasons.of(label)
        assert (reason.fate == "created") == (label in created)
        assert next(reason_lines(reasons, reason))


def test_values_of_one_task_of_each_kind_are_explained(promote: Pipeline) -> None:
    first = {task.kind: task for task in reversed(promote.morphed.graph.tasks)}
    for kind in sorted(first)[::6]:
        task = promote.full[first[kind].label]
        for name, value in task.definition["payload"].items():
            settings = explain_value(promote, task.label, ("payload", name))
            assert settings[-1].value == value
            assert settings[-1].place is not None


def test_a_remedy_that_is_told_works(promote: Pipeline) -> None:
    label = "release-mark-as-shipped-firefox"
    reasons = Reasons(promote)
    assert reasons.of(label).fate == "absent"
    remedy = seek_remedy(reasons, label).found
    assert remedy is not None
    changed = remedy.apply(promote)
    assert changed.goal == Goal(phase=changed.goal.phase, product="firefox")
    assert label in changed.morphed.graph
