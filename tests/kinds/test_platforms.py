"""A release of whatever platforms: `l10n-changesets` says for which there is one."""

from collections.abc import Iterator
from typing import Any

import pytest

from relpro.goal import Goal
from relpro.model.phase import Phase
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.kinds.conftest import RELEASES, ROOT

PLATFORMS = ("linux", "linux64", "linux64-aarch64", "macosx64", "win32", "win64", "win64-aarch64")
LISTED = tuple(name + suffix for name in PLATFORMS for suffix in ("", "-devedition"))


@pytest.fixture(scope="module")
def project() -> Project:
    return Project.find(ROOT)


def selections() -> Iterator[Any]:
    """Each platform alone, and everything but it."""
    for name in LISTED:
        yield pytest.param((name,), id=f"only-{name}")
        yield pytest.param(tuple(one for one in LISTED if one != name), id=f"without-{name}")
    yield pytest.param((), id="none")


def builds_of_release(project: Project, platforms: tuple[str, ...]) -> Pipeline:
    listed = {"de": {"pin": False, "platforms": list(platforms), "revision": "b" * 40}}
    values = {
        **RELEASES["release"],
        "level": "3",
        "owner": "releases@example.com",
        "head_repository": "https://hg.example.com/browser",
        "head_rev": "a" * 40,
        "l10n_changesets": listed,
    }
    return Pipeline.of(project, values, Goal(phase=Phase.BUILD))


@pytest.mark.parametrize("platforms", list(selections()))
def test_builds_can_be_made_whatever_platforms_locales_list(
    project: Project, platforms: tuple[str, ...]
) -> None:
    created = builds_of_release(project, platforms).full.labels
    for platform in ("linux64", "macosx64", "win32"):
        made = f"build-{platform}-shippable/opt" in created
        assert made == (platform in platforms)


def test_the_halves_of_a_mac_build_are_made_with_it(project: Project) -> None:
    halves = {"build-macosx64-x64-shippable/opt", "build-macosx64-aarch64-shippable/opt"}
    assert halves <= set(builds_of_release(project, ("macosx64",)).full.labels)
    assert halves.isdisjoint(builds_of_release(project, ("macosx64-devedition",)).full.labels)
