"""Names of tags, by which later releases fetch files from the tree."""

from collections.abc import Callable
from typing import Any

import pytest

from relpro.goal import Goal
from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.testing.factories import make_config
from relpro.testing.transforming import make_context, make_description
from tests.kinds.conftest import ROOT, Release
from transforms.tags import add_tag

Make = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("product", "version", "step", "tag"),
    [
        ("firefox", "92.0.1", "build1", "FIREFOX_92_0_1_BUILD1"),
        ("firefox", "140.0", "release", "FIREFOX_140_0_RELEASE"),
        ("firefox", "153.0b3", "release", "FIREFOX_153_0b3_RELEASE"),
        ("devedition", "153.0b12", "build12", "DEVEDITION_153_0b12_BUILD12"),
        ("firefox", "140.13.0esr", "release", "FIREFOX_140_13_0esr_RELEASE"),
        ("firefox-android", "153.0b3", "release", "FIREFOX-ANDROID_153_0b3_RELEASE"),
    ],
)
def test_only_the_product_is_in_capitals(product: str, version: str, step: str, tag: str) -> None:
    said = {"tag": {"product": product, "version": version, "as": step, "revision": "r1"}}
    made = add_tag(make_context(make_config()), make_description("x", sections=said))
    assert made.worker["tag-info"]["tags"] == [tag]


@pytest.fixture(scope="module")
def tagging(release: Release) -> Make:
    """Gives the body by which a release is tagged at the beginning; keywords are parameters."""
    project = Project.find(ROOT)

    def made(name: str, **said: Any) -> dict[str, Any]:
        goal = Goal(kinds=("release-early-tagging",))
        values = {**release(name).given.values, **said}
        pipeline = Pipeline.of(project, values, goal)
        return dict(next(task.definition for task in pipeline.full if task.name == "firefox"))

    return made


def test_lando_tags_what_a_repository_of_mercurial_says_is_meant(tagging: Make) -> None:
    body = tagging("release")
    assert body["workerType"] == "gecko-3-lando"
    assert body["payload"]["lando_repo"] == "firefox-release"
    assert body["payload"]["tag_info"] == {
        "hg_repo_url": "https://hg.example.com/browser",
        "revision": "a" * 40,
        "tags": ["FIREFOX_140_0_1_BUILD1"],
    }


def test_lando_is_not_asked_for_a_repository_where_it_tags_git(tagging: Make) -> None:
    info = tagging("release", repository_type="git")["payload"]["tag_info"]
    assert info == {"revision": "a" * 40, "tags": ["FIREFOX_140_0_1_BUILD1"]}


def test_a_rehearsal_tags_the_branch_of_a_repository_for_tests(tagging: Make) -> None:
    body = tagging("release", project="try", level="1", release_type="release")
    assert body["workerType"] == "gecko-1-lando"
    assert body["payload"]["lando_repo"] == "staging-firefox-release"
    assert body["payload"]["tag_info"]["revision"] == "release"
    assert "hg_repo_url" not in body["payload"]["tag_info"]


def test_old_trees_are_tagged_by_a_push(tagging: Make) -> None:
    body = tagging("release", version="92.0.1", app_version="92.0.1")
    assert (body["workerType"], body["payload"]["actions"]) == ("gecko-3-tree", ["tag", "push"])
