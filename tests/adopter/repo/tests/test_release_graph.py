"""The graphs of a release, and one transform."""

import pytest

from relpro.testing.transforming import make_description

RELEASE = "tests/release.yml"


@pytest.mark.parametrize("phase", ["build", "promote", "ship"])
def test_phase_is_as_reviewed(relpro_pipeline, golden_graph, phase):
    graph = relpro_pipeline(RELEASE, phase=phase).morphed.graph
    golden_graph(graph, f"graphs/{phase}")


def test_certificate_follows_the_release_level(relpro_transform):
    task = make_description("linux64", kind="signing")
    made = relpro_transform("transforms.certificate", task, level="3", project="main")
    assert made.worker == {"signing-type": "release-signing"}
    made = relpro_transform("transforms.certificate", task, level="1", project="main")
    assert made.worker == {"signing-type": "dep-signing"}


def test_one_task_for_each_locale(relpro_pipeline):
    full = relpro_pipeline(RELEASE).full
    assert [task.label for task in full if task.kind == "l10n"] == [
        "l10n-linux64-1",
        "l10n-linux64-2",
        "l10n-win64-1",
    ]
