from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from relpro.errors import RelproError
from relpro.model.task import Draft
from relpro.testing.factories import MADE_HERE, make_config, make_parameters
from relpro.transform.compiler import compile_template
from relpro.transform.scope import Release, TaskScope, derived
from relpro.transform.template import Unrenderable


def scope(
    attributes: Mapping[str, Any] | None = None,
    *,
    draft: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    **parameters: Any,
) -> TaskScope:
    config = attrs.evolve(
        make_config(), variables=variables or {}, attributes={"build-platform": "The platform."}
    )
    release = Release.of(make_parameters(**parameters), config)
    made = Draft("linux64", MADE_HERE, draft or {}, extra or {}, {})
    templates = {name: compile_template(value) for name, value in (attributes or {}).items()}
    return TaskScope("build", made, templates, release)


def test_a_name_is_looked_for_in_attributes_then_the_draft_then_the_release() -> None:
    known: dict[str, Any] = {"level": "parameter"}
    assert scope(**known)["level"] == "parameter"
    assert scope(variables={"level": "config"}, **known)["level"] == "config"
    assert scope(draft={"level": "draft"}, variables={"level": "c"}, **known)["level"] == "draft"
    assert scope(extra={"level": "expander"}, draft={"level": "d"})["level"] == "expander"
    assert scope({"level": "entry"}, extra={"level": "expander"})["level"] == "entry"


def test_a_part_of_a_parameter_has_a_name() -> None:
    known = scope(existing_tasks={"de-at": {"x": "found"}, "de": None})
    assert known["existing_tasks.de_at.x"] == "found"
    assert known["existing_tasks.de"] is None
    for name in ("existing_tasks.fr", "existing_tasks.de.x", "level.x", "nobody.x"):
        with pytest.raises(Unrenderable, match="no variable is called"):
            known[name]


def test_every_variable_that_is_not_well_formed_is_told_with_its_line() -> None:
    variables = {"a": {"by-level": {"[": 1}}, "b": {"by-level": None}, "c": "fine"}
    with pytest.raises(RelproError) as caught:
        scope(variables=variables)
    assert [(d.code, d.context, d.where[0].path) for d in caught.value.diagnostics] == [
        ("K201", "variable `a`", ("variables", "a", "by-level")),
        ("K201", "variable `b`", ("variables", "b", "by-level")),
    ]


def test_kind_and_name_are_known() -> None:
    assert (scope()["kind"], scope()["name"]) == ("build", "linux64")


def test_variables_may_build_on_each_other() -> None:
    variables = {"long-name": "{short}-{level}", "short": {"by-level": {"3": "x", "default": "y"}}}
    assert scope(variables=variables, level="3")["long_name"] == "x-3"


def test_an_attribute_may_build_on_the_draft_s_of_the_same_name() -> None:
    found = scope({"platform": "{platform}-opt", "both": "{platform}"}, draft={"platform": "linux"})
    assert found["both"] == "linux-opt"
    assert found["platform"] == "linux-opt"


def test_an_attribute_that_a_task_may_lack_is_nothing() -> None:
    assert scope()["build_platform"] is None


def test_an_unknown_name_is_refused_with_a_suggestion() -> None:
    with pytest.raises(Unrenderable) as caught:
        _ = scope()["build_platfrom"]
    assert caught.value.code == "T401"
    assert caught.value.remedy == "did you mean `build-platform`?"


def test_a_variable_that_is_made_of_itself_is_refused_and_the_way_is_told() -> None:
    with pytest.raises(Unrenderable) as caught:
        _ = scope(variables={"a": "{b}", "b": "{a}"})["a"]
    assert caught.value.what == "variable `a`: variable `b`: variable `a` refers to itself"
    assert caught.value.path == ()


def test_what_is_wrong_with_a_variable_names_it() -> None:
    with pytest.raises(Unrenderable) as caught:
        _ = scope(variables={"a": {"by-level": {"3": 1}}}, level="1")["a"]
    assert (caught.value.code, caught.value.what) == (
        "T402",
        "variable `a`: no key of `by-level` matches `1`",
    )


@pytest.mark.parametrize(
    ("version", "beta"), [("93.0b9", 9), ("93.0", None), ("93.0.1", None), ("93.0a1", None)]
)
def test_facts_follow_from_the_version(version: str, beta: int | None) -> None:
    found = derived(make_parameters(version=version), make_config())
    assert found["beta_number"] == beta
    assert found["major_version"] == "93"


def test_the_release_level_follows_from_project_and_level() -> None:
    config = make_config(release_branches=("main",))
    levels = {
        derived(make_parameters(project=project, level=level), config)["release_level"]: (
            project,
            level,
        )
        for project, level in (("x", "3"), ("main", "1"), ("main", "3"))
    }
    assert levels == {"staging": ("main", "1"), "production": ("main", "3")}


def test_every_name_is_listed_sorted_and_once() -> None:
    names = scope({"one": 1}, draft={"two": 2}, variables={"three": 3}).names()
    assert list(names) == sorted(set(names))
    assert {"one", "two", "three", "level", "kind", "name", "build_platform"} <= set(names)
