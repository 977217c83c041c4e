"""Why a label is in the graph or not, and what would bring it back."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given

from relpro.errors import RelproError
from relpro.explain.reasons import Reasons, shortest_chain
from relpro.explain.remedies import seek_remedy, words_of
from relpro.explain.report import reason_lines
from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id
from relpro.pipeline import Pipeline
from relpro.testing.factories import make_graph
from tests.explain.conftest import Release
from tests.graph.random_graphs import random_graphs


def _lines(reasons: Reasons, label: str) -> list[str]:
    return list(reason_lines(reasons, reasons.of(label)))


def test_a_targeted_task_is_kept_for_its_own_sake(release: Release) -> None:
    assert _lines(Reasons(release("promote")), "signing-linux64") == [
        "kept: phase promote targets it"
    ]


def test_a_needed_task_names_what_needs_it_and_who_targets_that(release: Release) -> None:
    lines = _lines(Reasons(release("ship", fresh=True)), "app-win64")
    assert lines[0] == "kept: needed by l10n-win64-1, which phase ship targets"


def test_a_reused_task_names_the_one_that_is_used(release: Release) -> None:
    (line,) = _lines(Reasons(release("promote")), "app-win64")
    assert line == "reused: the earlier phases are taken as having run, and nothing is recorded"
    recorded = {label: task_id("made", label) for label in ("app-win64", "app-linux64")}
    (line,) = _lines(Reasons(release("promote", existing_tasks=recorded)), "app-win64")
    known = recorded["app-win64"]
    assert line == f"reused: parameter `existing_tasks` has task {known}, which is used instead"


@pytest.mark.parametrize(
    ("phase", "changes", "label", "said", "remedy"),
    [
        ("promote", {}, "beta-notes-notes", "`release-type` is `release`", "release_type=beta"),
        ("promote", {}, "store-notes", "it belongs to phase `ship`", "--phase ship"),
        ("build", {}, "lint-sources", "does not run on project `main`", "--param project=try"),
        (None, {}, "lint-sources", "filter", "--param project=try"),
        (
            "ship",
            {"required_signoffs": ["release"]},
            "store-notes",
            "it waits for sign-off `release`",
            "signoff_urls=",
        ),
    ],
)
def test_an_absent_label_names_its_rule_and_what_brings_it_back(
    release: Release,
    phase: str | None,
    changes: Mapping[str, Any],
    label: str,
    said: str,
    remedy: str,
) -> None:
    reasons = Reasons(release(phase, **changes))
    lines = _lines(reasons, label)
    assert said in lines[0] or said == "filter"
    found = seek_remedy(reasons, label).found
    assert found is not None
    assert remedy in words_of(found)
    again = Reasons(found.apply(reasons.pipeline))
    assert again.of(label).fate == "created"


def test_two_obstacles_take_two_changes(release: Release) -> None:
    reasons = Reasons(release("promote", required_signoffs=["release"]))
    found = seek_remedy(reasons, "store-notes").found
    assert found is not None
    assert words_of(found) == (
        '--phase ship --product notes --param signoff_urls=\'{"release": "https://example.com/"}\''
    )


def test_an_unknown_label_suggests_the_nearest(release: Release) -> None:
    with pytest.raises(RelproError, match="did you mean `signing-linux64`") as caught:
        Reasons(release("promote")).of("signing-linux46")
    assert [d.code for d in caught.value.diagnostics] == ["O604"]


@pytest.mark.parametrize("phase", [None, "build", "promote", "ship"])
def test_every_label_is_in_the_graph_or_its_absence_is_explained(
    release: Release, phase: str | None
) -> None:
    pipeline = release(phase)
    reasons = Reasons(pipeline)
    for label in {*pipeline.full.labels, *reasons.labels}:
        created = label in pipeline.morphed.graph
        assert (reasons.of(label).fate == "created") == created
        assert _lines(reasons, label)[0].startswith(
            ("kept", "added") if created else ("reused", "not made", "not targeted", "optimized")
        )


def test_a_task_goes_when_its_only_cause_goes(release: Release) -> None:
    """Of a needed task: when the tasks that need it are not wanted any more."""
    pipeline = release("ship", fresh=True)
    reasons = Reasons(pipeline)
    for label in pipeline.morphed.graph.labels:
        reason = reasons.of(label)
        if len(reason.chain) < 2 or reason.others:
            continue
        wanted = [one for one in pipeline.target.labels if one != reason.chain[-1]]
        fewer = attrs.evolve(pipeline, goal=attrs.evolve(pipeline.goal, labels=tuple(wanted)))
        assert Reasons(fewer).of(label).fate == "absent"


@given(random_graphs())
def test_the_chain_is_a_shortest_way_to_a_wanted_task(graph: TaskGraph) -> None:
    wanted = graph.labels[-2:]
    for label in graph.labels:
        chain = list(shortest_chain(graph, label, wanted))
        assert bool(chain) == (label in graph.closure(wanted))
        if chain:
            assert chain[0] == label
            assert chain[-1] in wanted
            assert not set(chain[:-1]) & set(wanted)
        for need, task in itertools.pairwise(chain):
            assert need in graph[task].dependencies.values()


def test_the_shortest_of_several_chains_is_told() -> None:
    graph = make_graph({"a-1": [], "b-1": ["a-1"], "c-1": ["b-1"], "d-1": ["a-1"]})
    assert list(shortest_chain(graph, "a-1", ["c-1", "d-1"])) == ["a-1", "d-1"]


def test_a_label_of_an_entry_of_which_nothing_is_made_is_explained(
    edited: Callable[..., Pipeline],
) -> None:
    """The expander gave no task, so no label is known but that of the entry."""
    edits = {
        "kinds/promote/signing.yml": (
            "from-deps: {}",
            "from-deps: {with-attributes: {build-platform: none}}",
        ),
        "kinds/ship/store.yml": (
            "    dependencies: {linux64: signing-linux64, win64: signing-win64}\n",
            "    dependencies: {linux64: app-linux64}\n",
        ),
    }
    reasons = Reasons(edited(edits, "promote"))
    for label in ("signing-linux64", "signing-win64"):
        (line, *_) = _lines(reasons, label)
        step = "relpro.stock.from_deps.from_deps"
        assert line == f"not made: `{step}`: no upstream task fits what is selected"
    with pytest.raises(RelproError, match="O604"):
        reasons.of("nothing-like-it")
