import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from relpro.errors import Origin, RelproError
from relpro.model.config import GraphConfig, InputParameter
from relpro.parameters.known import DEFAULTS
from relpro.parameters.read import (
    check_parameters,
    given_values,
    parse_assignment,
    read_inputs,
    read_parameter_file,
    read_value,
    unfit_inputs,
)
from relpro.testing.factories import MADE_HERE, make_config


def config(**changes: Any) -> GraphConfig:
    return attrs.evolve(make_config(products=("widget", "gadget")), **changes)


def complaints(values: dict[str, Any], settings: GraphConfig | None = None) -> list[str]:
    with pytest.raises(RelproError) as caught:
        check_parameters(values, settings or config(), lambda *path: Origin("p.yml", 1, path=path))
    return [f"{d.code}: {d.what} | {d.remedy}" for d in caught.value.diagnostics]


def test_a_file_is_yaml_or_json_or_the_folder_of_a_decision_task(tmp_path: Path) -> None:
    (tmp_path / "parameters.yml").write_text("level: '3'\n", encoding="utf-8")
    (tmp_path / "other.json").write_text('{\n"level": "1"}', encoding="utf-8")
    assert read_parameter_file(tmp_path).values == {"level": "3"}
    assert read_parameter_file(tmp_path / "parameters.yml").values == {"level": "3"}
    found = read_parameter_file(tmp_path / "other.json")
    assert found.values == {"level": "1"}
    assert found.origin("level").line == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RelproError, match="P504"):
        read_parameter_file(tmp_path / "none.yml")


def test_the_defaults_of_the_engine_pass_their_own_check() -> None:
    check_parameters(DEFAULTS, config(), lambda *_: MADE_HERE)


def test_parameters_of_a_real_decision_task_pass(shared_data: Path) -> None:
    found = read_parameter_file(shared_data / "firefox-92.0.1" / "promote" / "parameters.yml")
    known = tuple(found.values)
    settings = config(
        pass_through=known, products=(str(found.values["release_product"]), "firefox")
    )
    check_parameters(found.values, settings, found.origin)


def test_unknown_names_are_refused_with_a_suggestion() -> None:
    assert complaints({"head_revv": "x", "gecko_x": 1}) == [
        "P502: unknown parameter `gecko_x` | "  # noqa: ISC004
        "declare it under `parameters: pass-through` in `kinds/config.yml`",
        "P502: unknown parameter `head_revv` | did you mean `head_rev`?",
    ]


def test_what_is_carried_has_keys_of_text() -> None:
    settings = config(pass_through=("gecko_x",))
    with pytest.raises(RelproError, match="P501") as error:
        check_parameters({"gecko_x": [{"a": {None: 1}}]}, settings, lambda *_: MADE_HERE)
    (found,) = error.value.diagnostics
    assert found.what.startswith("`null` of parameter `gecko_x` must be a mapping whose keys")


def test_what_the_project_declares_is_known() -> None:
    inputs = {"l10n": InputParameter("l10n", None, {}, MADE_HERE)}
    settings = config(pass_through=("gecko_x",), inputs=inputs)
    check_parameters({"gecko_x": 1, "l10n": {"de": 1}}, settings, lambda *_: MADE_HERE)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("level", 3, "parameter `level` must be text, got 3"),
        ("level", "4", 'parameter `level` must be 1, 2 or 3, got "4"'),
        ("build_date", "x", 'parameter `build_date` must be a whole number, got "x"'),
        ("build_date", True, "parameter `build_date` must be a whole number, got true"),
        ("dontbuild", 1, "parameter `dontbuild` must be true or false, got 1"),
        ("files_changed", "a", 'parameter `files_changed` must be a list, got "a"'),
        ("existing_tasks", [], "parameter `existing_tasks` must be a mapping, got []"),
        ("hg_branch", 1, "parameter `hg_branch` must be text, got 1"),
        ("level", None, "parameter `level` must be text, got null"),
        (
            "release_product",
            "other",
            "parameter `release_product` names `other`, which this project does not have",
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, value: Any, what: str) -> None:
    (found,) = complaints({name: value})
    assert found.startswith(f"P501: {what} | ")


def test_a_long_value_is_not_quoted_as_a_whole() -> None:
    (found,) = complaints({"level": ["x" * 99]})
    assert "..." in found
    assert len(found) < 120


@pytest.mark.parametrize("name", ["head_tag", "release_history", "next_version", "hg_branch"])
def test_some_parameters_may_be_null(name: str) -> None:
    check_parameters({name: None}, config(), lambda *_: MADE_HERE)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("filters=[a, b]", ["a", "b"]),
        ("build_date=12", 12),
        ("dontbuild=true", True),
        ("message=", ""),
        ("message=a=b", "a=b"),
        ("hg_branch=null", None),
        ("level=3", "3"),
        ("version=1.0", "1.0"),
        ("version=1.10", "1.10"),
        ("head_rev=1234e5", "1234e5"),
        ("unheard_of=3", 3),
    ],
)
def test_an_assignment_is_yaml_but_text_where_text_is_wanted(word: str, value: Any) -> None:
    assert parse_assignment(word) == (word.partition("=")[0], value)


def test_an_assignment_may_name_a_file(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text(json.dumps({"a": [1]}), encoding="utf-8")
    assert parse_assignment(f"release_history=@{path}") == ("release_history", {"a": [1]})


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("level", "P501"),
        ("=3", "P501"),
        ("a=@none.json", "P504"),
        ("a=[", "Y101"),
        ("a=*b", "Y104"),
    ],
)
def test_a_word_that_is_no_assignment_is_quoted(word: str, code: str) -> None:
    with pytest.raises(RelproError) as caught:
        parse_assignment(word)
    (problem,) = caught.value.diagnostics
    assert problem.code == code
    assert (word.partition("@")[2] or word) in problem.what


def test_a_value_is_read_by_the_kind_of_its_file(tmp_path: Path) -> None:
    for name, text in (("a.json", "[1]"), ("a.yml", "b: 1"), ("a.txt", "1.0\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_value(tmp_path / "a.json") == [1]
    assert read_value(tmp_path / "a.yml") == {"b": 1}
    assert read_value(tmp_path / "a.txt") == "1.0"


def test_text_that_is_not_utf_8_is_an_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"caf\xe9")
    with pytest.raises(RelproError, match="Y102"):
        read_value(tmp_path / "a.txt")


def test_json_that_is_not_utf_8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'"caf\xe9"')
    with pytest.raises(RelproError, match="P504"):
        read_value(tmp_path / "a.json")


def test_inputs_are_read_from_files_or_have_defaults(tmp_path: Path) -> None:
    (tmp_path / "version.txt").write_text("1.0\n", encoding="utf-8")
    inputs = [
        InputParameter("version", "version.txt", None, MADE_HERE),
        InputParameter("extra", None, {"a": 1}, MADE_HERE),
    ]
    assert dict(read_inputs(inputs, tmp_path)) == {"version": "1.0", "extra": {"a": 1}}


def own(holds: Any) -> GraphConfig:
    said = InputParameter("l10n", None, None, MADE_HERE, holds)
    return config(inputs={"l10n": said})


@pytest.mark.parametrize(
    ("holds", "right", "wrong", "what"),
    [
        ("text", "a", 3, "parameter `l10n` must be text, got 3"),
        ("number", 3, "a", 'parameter `l10n` must be a whole number, got "a"'),
        ("flag", True, 1, "parameter `l10n` must be true or false, got 1"),
        ("anything", None, ..., ""),
        (["text"], ["a"], [3], "item 1 of parameter `l10n` must be text, got 3"),
        ({"any": "number"}, {"de": 1}, {"de": "a"}, "`de` of parameter `l10n` must be a whole"),
        ({"a": "text"}, {"a": "x", "b": 3}, {"b": "x"}, "must be a mapping with `a`, got"),
        ({"a?": "text"}, {}, {"a": 3}, "`a` of parameter `l10n` must be text, got 3"),
        ({"any": {"a": ["flag"]}}, {"de": {"a": [True]}}, {"de": 3}, "`de` of parameter `l10n` mu"),
    ],
)
def test_a_project_says_what_its_parameters_hold(
    holds: Any, right: Any, wrong: Any, what: str
) -> None:
    check_parameters({"l10n": right}, own(holds), lambda *_: MADE_HERE)
    if wrong is ...:
        return
    with pytest.raises(RelproError) as error:
        check_parameters({"l10n": wrong}, own(holds), lambda *_: MADE_HERE)
    (found,) = error.value.diagnostics
    assert (found.code, what in found.what) == ("P501", True), found.what


def test_a_file_that_does_not_hold_what_it_should_is_refused_at_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "kinds"
    folder.mkdir()
    (folder / "l10n.json").write_text('{\n "de": {\n  "platforms": [3]}}')
    said = InputParameter("l10n", "l10n.json", None, MADE_HERE, {"any": {"platforms": ["text"]}})
    values = dict(read_inputs([said], folder))
    (found,) = unfit_inputs([said], values, folder)
    assert found.what == "item 1 of `platforms` of parameter `l10n` must be text, got 3"
    assert str(found.where[0]) == "kinds/l10n.json:3:17"


def test_recorded_parameters_say_how_much_is_trusted(tmp_path: Path) -> None:
    recorded = tmp_path / "parameters.yml"
    recorded.write_text("head_ref: main\n", encoding="utf-8")
    assert given_values([recorded], [], make_config()).values == {"head_ref": "main"}
    with pytest.raises(RelproError) as caught:
        given_values([tmp_path], ["level=3"], make_config())
    assert [(one.code, one.what) for one in caught.value.diagnostics] == [
        ("P501", "the recorded parameters have no `level`"),
        ("P501", "the recorded parameters have no `project`"),
    ]
    recorded.write_text("level: '3'\nproject: main\n", encoding="utf-8")
    assert given_values([tmp_path], [], make_config()).values == {"level": "3", "project": "main"}


def test_files_of_a_decision_say_among_them_how_much_is_trusted(tmp_path: Path) -> None:
    recorded, more = tmp_path / "recorded.yml", tmp_path / "more.json"
    recorded.write_text("project: main\nhead_rev: abc\ntasks_for: cron\n", encoding="utf-8")
    more.write_text('{"level": "3"}', encoding="utf-8")
    with pytest.raises(RelproError) as caught:
        given_values([recorded], [], make_config())
    assert [(str(one.where[0].file), one.what) for one in caught.value.diagnostics] == [
        (str(recorded), "the recorded parameters have no `level`")
    ]
    said = {"project": "main", "head_rev": "abc", "tasks_for": "cron", "level": "3"}
    assert given_values([recorded, more], [], make_config()).values == said
    assert given_values([recorded], ["level=3"], make_config()).values == said
    # Written by hand, or what a checkout says.
    recorded.write_text("head_rev: abc\n", encoding="utf-8")
    assert given_values([recorded], [], make_config()).values == {"head_rev": "abc"}
