from typing import Any

import pytest

from relpro.errors import Diagnostic, RelproError
from relpro.model.kind import Entry, Locations
from relpro.model.task import Draft, Task
from relpro.transform.context import Context
from relpro.transform.entry import checked_entry
from relpro.transform.section import Section
from relpro.transform.step import expand
from tests.transform.kinds import problems, run

BASE = "description: x, worker-type: succeed"
NOWHERE = Locations("kinds/build/app.yml", {})


def made(fields: str) -> Task:
    (task,) = run(entries=f"tasks:\n  one: {{{BASE}, {fields}}}\n").tasks
    return task


def skipped(condition: str) -> str:
    found = run(entries=f"tasks:\n  one: {{{BASE}, only-when: {{{condition}}}}}\n")
    return found.decisions[0].cause if found.decisions else "made"


def test_a_task_has_the_phase_of_its_kind_unless_the_entry_says_otherwise() -> None:
    assert made("retries: 1").attributes["shipping_phase"] == "build"
    assert made("shipping-phase: promote").attributes["shipping_phase"] == "promote"
    assert made("shipping-phase: null").attributes["shipping_phase"] is None
    assert made("shipping-product: widget").attributes["shipping_product"] == "widget"


def test_attributes_are_written_with_dashes_and_known_with_underscores() -> None:
    attributes = made("attributes: {build-platform: linux64}").attributes
    assert attributes["build_platform"] == "linux64"


def test_the_label_is_kind_and_name_unless_said() -> None:
    assert made("retries: 1").label == "app-one"
    task = made("name: '{name}/opt'")
    assert (task.name, task.label) == ("one/opt", "app-one/opt")
    assert made("label: '{kind}:{name}'").label == "app:one"


def test_a_description_and_a_worker_type_are_required() -> None:
    found = problems(entries="tasks:\n  one: {retries: 1}\n")
    assert [problem.code for problem in found] == ["K202"]


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ("name: [one]", "made"),
        ("name: [two, o.*]", "made"),
        ("name: [on]", "`name` is `one`"),
        ("dontbuild: [false]", "made"),
        ("dontbuild: [0]", "`dontbuild` is `false`"),
        ("build-number: [1]", "made"),
        ("build-number: ['1']", "made"),
        ("hg-branch: ['.*']", "`hg-branch` is not set"),
        ("hg-branch: [null]", "made"),
        ("version: ['.+']", "`version` is not set"),
        ("name: [one], level: ['3']", "`level` is `1`"),
        ("name: ['{name}']", "made"),
        ("name: []", "`name` is `one`"),
    ],
)
def test_a_task_is_only_made_when_all_its_conditions_are_met(condition: str, outcome: str) -> None:
    assert skipped(condition) == outcome


def test_a_condition_that_is_no_pattern_is_told_with_its_place() -> None:
    (problem,) = problems(entries=f"tasks:\n  one: {{{BASE}, only-when: {{name: ['x(']}}}}\n")
    assert problem.code == "K201"
    assert problem.where[0].line == 2


def test_conditions_may_ask_for_what_expanders_gave() -> None:
    def numbered(_ctx: Context, draft: Draft) -> list[Draft]:
        return [
            draft.replace(name=f"{draft.name}-{number}").with_variables(number=number)
            for number in range(3)
        ]

    entries = f"tasks:\n  one: {{{BASE}, only-when: {{number: [1, 2]}}}}\n"
    made = run(expand(numbered), entries=entries)
    assert [task.name for task in made.tasks] == ["one-1", "one-2"]
    assert [decision.rule for decision in made.decisions] == ["only-when"]


def checked(data: dict[str, Any], *sections: Section) -> list[Diagnostic]:
    entry = Entry("one", data, NOWHERE, ("tasks", "one"), (NOWHERE,))
    try:
        checked_entry(entry, sections)
    except RelproError as error:
        return list(error.diagnostics)
    return []


@pytest.mark.parametrize(
    "data",
    [
        {"description": "{name}", "worker": {"by-level": {"3": {}, "default": {"env": {}}}}},
        {"treeherder": None, "index": None, "optimization": None, "priority": None},
        {"treeherder": {"symbol": "S", "platform": {"by-level": {"default": "x/opt"}}}},
        {"retries": "{retries}", "routes": ["{route}", "x"], "deadline-after": "2 days"},
        {"attributes": {"a": 1, "b": ["x"], "c": {"by-level": {"default": 1}}}},
        {"only-when": {"name": ["a", 1, None]}},
    ],
)
def test_an_entry_that_holds_what_its_keys_hold_is_right(data: dict[str, Any]) -> None:
    assert checked(data) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"descripton": "x"}, "K203"),
        ({"description": 1}, "K201"),
        ({"treeherder": {"symbl": "S"}}, "K203"),
        ({"retries": "x"}, "K201"),
        ({"run-on-git-branches": ["[z-a]"]}, "K201"),
        ({"run-on-hg-branches": ["a**"]}, "K201"),
        ({"deadline-after": "soon"}, "K201"),
        ({"attributes": []}, "K201"),
        ({"attributes": "{a}"}, "K201"),
        ({"attributes": {"by-level": {"default": {}}}}, "K201"),
        ({"only-when": {"name": "x"}}, "K201"),
        ({"only-when": []}, "K201"),
        ({"description": {"by-a": {"x(": "y"}}}, "K201"),
        ({"sizes": 1}, "K203"),
    ],
)
def test_an_entry_that_does_not_is_told(data: dict[str, Any], code: str) -> None:
    assert [problem.code for problem in checked(data)] == [code]


def test_sections_are_known_where_a_transform_owns_them() -> None:
    sizes = Section("sizes", {"from": int})
    assert checked({"sizes": {"from": {"by-level": {"default": 1}}}}, sizes) == []
    assert [problem.code for problem in checked({"sizes": {"form": 1}}, sizes)] == ["K203"]
