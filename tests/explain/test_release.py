"""Explanations of this project's own release."""

from pathlib import Path
from typing import Any

import pytest

from relpro.explain.reasons import Reasons
from relpro.explain.remedies import seek_remedy
from relpro.explain.report import reason_lines, remedy_line
from relpro.explain.values import explain_value
from relpro.goal import Goal
from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.testing.pipelines import MakePipeline
from tests.kinds.partner_configs import ATTRIBUTION, EME_FREE, ON, REPACK

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


@pytest.mark.parametrize(
    ("label", "fate", "words"),
    [
        (
            "build-linux-shippable/opt",
            "reused",
            '(the same, but `de.platforms` is ["linux64","macosx64","win64","linux"])',
        ),
        (
            "release-update-verify-config-firefox-win32",
            "created",
            '(the same, but `de.platforms` is ["linux64","macosx64","win64","win32"])',
        ),
    ],
)
def test_a_platform_that_is_not_released_is_there_once_a_locale_lists_it(
    promote: Pipeline, label: str, fate: str, words: str
) -> None:
    reasons = Reasons(promote)
    assert reasons.of(label).decision.rule == "transforms.platforms.released"
    search = seek_remedy(reasons, label)
    line = f"it would be {fate} with: --param l10n_changesets=@FILE {words}"
    assert remedy_line(search) == line
    assert search.found is not None
    assert Reasons(search.found.apply(promote)).of(label).fate == fate


WINDOWS = {"locales": ["de"], "platforms": ["win64-shippable"]}
PARTNERS = {
    EME_FREE: {"plain": {"plain": {**WINDOWS, "upload_to_candidates": "true"}}},
    REPACK: {"open": {"open-1": WINDOWS}, "wide": {"wide-1": WINDOWS}},
    ATTRIBUTION: {"configs": [{"campaign": "hill", "content": "hill-1", **WINDOWS}]},
}


@pytest.fixture(scope="module")
def partners() -> Reasons:
    """The answers about a release in which all that partners want is for one platform."""
    # Of those for which installers of 64 bits are attributed.
    version = {"version": "152.0.2", "app_version": "152.0.2", "next_version": "152.0.3"}
    asked: dict[str, Any] = {**ON, **version, "release_partner_config": PARTNERS}
    return Reasons(MakePipeline(Project(ROOT))(PARAMETERS, flavor="promote_firefox", **asked))


@pytest.mark.parametrize(
    ("label", "words"),
    [
        (
            f"{EME_FREE}-linux64-shippable",
            f'{EME_FREE}.plain.plain.platforms` is ["win64-shippable"',
        ),
        (f"{REPACK}-macosx64-shippable", f'{REPACK}.open.open-1.platforms` is ["win64-shippable"'),
        (f"{ATTRIBUTION}-mac", f'{ATTRIBUTION}.configs[0].platforms` is ["win64-shippable"'),
    ],
)
def test_a_partner_build_is_made_once_a_partner_wants_its_platform(
    partners: Reasons, label: str, words: str
) -> None:
    assert partners.of(label).fate == "absent"
    search = seek_remedy(partners, label)
    line = remedy_line(search)
    assert line.startswith("it would be created with: --param release_partner_config=@FILE (")
    assert words in line
    assert search.found is not None
    assert Reasons(search.found.apply(partners.pipeline)).of(label).fate == "created"


def test_a_partner_can_only_want_a_platform_that_is_released(partners: Reasons) -> None:
    search = seek_remedy(partners, f"{REPACK}-win32-shippable")
    assert search.found is None
    assert remedy_line(search).endswith(
        "there would be no graph: platform `win32-shippable` of partner build `open/open-1`"
        " is not released"
    )
