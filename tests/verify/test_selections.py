"""What is selected by, and nothing has."""

from typing import Any

import attrs
import pytest

from relpro.errors import Origin
from relpro.graph.taskgraph import TaskGraph
from relpro.model.branch import ProjectSource
from relpro.model.config import Gate, GraphConfig, TargetMethod
from relpro.model.phase import Phase
from relpro.model.policy import Localisation, Notarization, Policy
from relpro.testing.factories import make_config, make_parameters, make_task
from relpro.verify.selections import selected_in_vain

HERE = Origin("kinds/config.yml", 1)


def source(name: str, *branches: str) -> ProjectSource:
    return ProjectSource(name, "3", ("https://example.com/app",), branches, HERE)


PROJECTS = {"main": source("main", "main"), "stable": source("stable", "releases/*")}


def method(**match_any: str) -> dict[str, TargetMethod]:
    return {"all": TargetMethod("all", (), False, match_any, (), HERE)}


def gate(*before: str) -> Gate:
    return Gate(Phase.SHIP, "app", ("qa",), before, HERE)


def graph(**attributes: Any) -> TaskGraph:
    shipped = {"shipping_phase": "ship", "shipping_product": "app"}
    tasks = [
        make_task("build-a", kind="build", attributes=attributes),
        make_task("publish-a", kind="publish", attributes=shipped),
        make_task("signoff-a", kind="signoff", attributes=shipped),
    ]
    return TaskGraph.build(tasks)


def doubts(of: TaskGraph, settings: GraphConfig, **parameters: Any) -> list[tuple[str, str]]:
    found = list(selected_in_vain(of, make_parameters(**parameters), settings))
    assert {one.code for one in found} <= {"O613"}
    assert all(one.where for one in found)
    return [(one.what, one.remedy) for one in found]


def config(**changes: Any) -> GraphConfig:
    return attrs.evolve(make_config(), projects=PROJECTS, attributes={}, **changes)


@pytest.mark.parametrize("pattern", ["all", "main", "ma.*", "releases/.*", r"releases/\d+\.\d+"])
def test_a_pattern_of_branches_that_there_are_is_fine(pattern: str) -> None:
    assert doubts(graph(run_on_git_branches=[pattern]), config()) == []


def test_a_pattern_of_no_branch_is_told() -> None:
    what = "`run-on-git-branches` says `mian`, which no branch of `projects` is called"
    there = graph(run_on_git_branches=["mian"])
    assert doubts(there, config()) == [(what, "did you mean `main`?")]
    assert doubts(there, attrs.evolve(config(), projects={})) == []


def test_a_pattern_of_hg_branches_is_held_against_those_that_projects_say_they_have() -> None:
    there = graph(run_on_hg_branches=["defualt", "FIREFOX_.*_RELBRANCH", "all"])
    assert doubts(there, config()) == []  # nobody says which there are
    names = ("default", "FIREFOX_*_RELBRANCH")
    told = attrs.evolve(PROJECTS["main"], hg_branches=names)
    found = doubts(there, attrs.evolve(config(), projects={"main": told}))
    what = "`run-on-hg-branches` says `defualt`, which no branch of `projects` is called"
    assert found == [(what, "did you mean `default`?")]


def test_a_project_that_a_transform_made_up_is_told() -> None:
    assert doubts(graph(run_on_projects=["all", "main"]), config()) == []
    what = "`run-on-projects` says `stabel`, which no project is called"
    there = graph(run_on_projects=["stabel"])
    assert doubts(there, config()) == [(what, "did you mean `stable`?")]
    assert doubts(there, attrs.evolve(config(), projects={})) == []


def test_an_alias_of_a_misspelt_project_is_told() -> None:
    aliases = {"release": ("stable", "main", "main-pr", "elsewhere", "stabel")}
    what = "alias `release` names `stabel`, which no project is called"
    found = doubts(graph(), config(project_aliases=aliases))
    assert found == [(what, "did you mean `stable`?")]


def test_an_attribute_that_no_task_has_is_told() -> None:
    settings = config(target_methods=method(build_kind="release_type"))
    what = "`match-any` of target method `all` names attribute `build-kind`, which no task has"
    assert doubts(graph(build_kinds=1), settings) == [(what, "did you mean `build-kinds`?")]
    assert doubts(graph(build_kind=1), settings) == []
    # Declared: some releases have tasks of it.
    declared = attrs.evolve(settings, attributes={"build-kind": "What is built."})
    assert doubts(graph(), declared) == []


@pytest.mark.parametrize(
    "policy",
    [
        Policy(notarization=Notarization((), ("linux*", "macs*", "win64"), ())),
        Policy(localisation=Localisation("", "", {"l10n": ("linux*", "macs*", "win64")})),
    ],
)
def test_a_platform_that_nothing_is_built_for_is_told(policy: Policy) -> None:
    # That other releases are built for win64 is written among the variables.
    variables = {"platforms": {"by-project": {"main": ["linux64", "win64"], "default": []}}}
    settings = config(policy=policy, variables=variables)
    ((what, remedy),) = doubts(graph(build_platform="linux64"), settings)
    assert what.endswith("names platform `macs*`, which no task has")
    assert remedy == "there are `linux64`"
    assert doubts(graph(), settings) == []


def test_a_sign_off_that_no_task_waits_for_is_told() -> None:
    waits = graph(required_signoffs=["mar-signing"])
    assert doubts(waits, config(), required_signoffs=["mar-signing"]) == []
    what = "parameter `required_signoffs` names `mar-singing`, for which no task waits"
    found = doubts(waits, config(), required_signoffs=["mar-singing"])
    assert found == [(what, "did you mean `mar-signing`?")]


def test_a_gate_that_holds_nothing_is_told() -> None:
    assert doubts(graph(), config(gates=(gate("publish"),))) == []
    found = doubts(graph(), config(gates=(gate("build"),)))
    what = "the gate of `qa` holds nothing in phase `ship` of `app`"
    assert found == [(what, "name kinds under `before` that are: `publish`")]
    # This release has nothing of that product.
    other = attrs.evolve(gate("build"), product="other")
    assert doubts(graph(), config(gates=(other,))) == []
