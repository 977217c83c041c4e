import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.transform.compiler import compile_template, keyed_by
from relpro.transform.template import Constant, Unrenderable, as_key, variable, written
from relpro.values.placeholders import misleading, placeholders


class Known(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        raise Unrenderable("T401", f"no variable is called `{name}`")


def rendered(value: Any, **variables: Any) -> Any:
    return compile_template(value).render(Known(variables))


def problem(value: Any, **variables: Any) -> Unrenderable:
    with pytest.raises(Unrenderable) as caught:
        compile_template(value, ("key",)).render(Known(variables))
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a}", "x"),
        ("-{a}-{a}-", "-x-x-"),
        ("{b-c}", "y"),
        ("{n}", 3),
        ("v{n}", "v3"),
        ("v{t}", "vtrue"),
        ("{l}", ["z"]),
        ("{none}", None),
        ("${a}", "${a}"),
        ("${HOME} {a}", "${HOME} x"),
        ('{"json": 1}', '{"json": 1}'),
        ("{{A}}", "{A}"),
        ("{a, b} {1} {a:b c} ${A}", "{a, b} {1} {a:b c} ${A}"),
        ("{}", "{}"),
        ("{{a}}", "{a}"),
        ("{{{a}}}", "{x}"),
        ("}}", "}"),
        ("a}b", "a}b"),
    ],
)
def test_a_placeholder_is_a_lower_case_name_in_single_braces(text: str, value: Any) -> None:
    known = {"a": "x", "b_c": "y", "n": 3, "t": True, "l": ["z"], "none": None}
    assert rendered(text, **known) == value


@pytest.mark.parametrize(
    "alike", ["{A}", "{ a }", "{Build_Platform}", "{a!r}", "{a:02}", "{ a:>8 }"]
)
def test_what_only_looks_like_a_placeholder_is_refused(alike: str) -> None:
    found = problem({"k": f"{{b}} {alike} {{c}}"})
    assert (found.code, found.path) == ("K215", ("key", "k"))
    assert found.what == f"`{alike}` looks like a placeholder but is not one"
    assert f"`{{{alike}}}`" in found.remedy
    assert rendered(f"{{{alike}}}") == alike


def test_a_key_of_alternatives_is_no_template() -> None:
    found = problem({"by-a": {"x": 1, "{b}": 2}})
    assert (found.code, found.path) == ("K215", ("key", "by-a"))


@pytest.mark.parametrize(("value", "kind"), [(None, "nothing"), ([], "a list"), ({}, "a dict")])
def test_only_words_and_numbers_stand_in_text(value: Any, kind: str) -> None:
    found = problem("v{a-b}", a_b=value)
    assert (found.code, found.what, found.path) == (
        "T403",
        f"`{{a-b}}` is {kind}, not text",
        ("key",),
    )


def test_an_unknown_variable_is_told_with_the_place_of_the_template() -> None:
    found = problem({"a": ["x", "{b}"]})
    assert (found.code, found.path) == ("T401", ("key", "a", 1))


def test_an_unknown_variable_in_what_varies_is_told_with_its_own_place() -> None:
    found = problem({"a": {"by-x": {"default": 1}}, "b": 2})
    assert (found.code, found.path) == ("T401", ("key", "a"))


KEYED = {"by-a-b": {"x": 1, "x.*": 2, "none": 3, "true": 4, 5: 6, "default": 7}}


@pytest.mark.parametrize(
    ("value", "chosen"),
    [("x", 1), ("xx", 2), (None, 3), (True, 4), (5, 6), ("y", 7), ("yx", 7), (False, 7)],
)
def test_a_keyed_value_is_chosen_exactly_then_by_pattern_then_by_default(
    value: Any, chosen: int
) -> None:
    assert rendered(KEYED, a_b=value) == chosen


def test_a_keyed_value_without_a_match_is_an_error_that_names_the_value() -> None:
    found = problem({"by-a": {"x": 1}}, a="y")
    assert (found.code, found.what) == ("T402", "no key of `by-a` matches `y`")


def test_a_keyed_value_with_two_matches_is_an_error_that_names_both() -> None:
    found = problem({"by-a": {"x.*": 1, ".*y": 2, "default": 3}}, a="xy")
    assert found.what == "more than one key of `by-a` matches `xy`: `x.*`, `.*y`"


def test_an_attribute_that_is_lacking_matches_no_pattern() -> None:
    template = compile_template({"by-a": {".*": 1, "default": 2}})
    assert [template.render(Known(a=value)) for value in (None, "none", None)] == [2, 1, 2]


@pytest.mark.parametrize("key", ["(a+)+b", "(a|a)*b", "(.*a){20}b"])
def test_a_pattern_takes_linear_time(key: str) -> None:
    began = time.perf_counter()
    assert rendered({"by-a": {key: 1, "default": 2}}, a="a" * 30_000) == 2
    assert time.perf_counter() - began < 2


def test_a_pattern_that_is_none_is_found_when_it_is_compiled() -> None:
    with pytest.raises(Unrenderable) as caught:
        compile_template({"by-a": {"x(": 1}}, ("key",))
    assert (caught.value.code, caught.value.path) == ("K201", ("key", "by-a"))


@pytest.mark.parametrize(
    ("value", "code", "path", "what"),
    [
        ({"by-a": None}, "K201", ("by-a",), "`by-a` must have alternatives, got null"),
        ({"x": {"by-a": []}}, "K201", ("x", "by-a"), "`by-a` must have alternatives, got an empty"),
        ([{"by-a": {}}], "K201", (0, "by-a"), "`by-a` must have alternatives, got an empty"),
        ({"by-a": {"x": 1}, "default": 2}, "K203", ("default",), "`default` must stand below"),
        ({"x": {3: 1}}, "K203", ("x", 3), "key `3` must be text"),
        ({None: 1}, "K203", (None,), "key `null` must be text"),
    ],
)
def test_a_mapping_that_means_nothing_is_found_when_it_is_compiled(
    value: Any, code: str, path: tuple[Any, ...], what: str
) -> None:
    with pytest.raises(Unrenderable) as caught:
        compile_template(value)
    assert (caught.value.code, caught.value.path) == (code, path)
    assert caught.value.what.startswith(what)
    assert caught.value.remedy


def test_a_by_among_other_keys_is_but_a_key() -> None:
    assert rendered({"by-a": "x", "b": {"by-b": {"default": 1}}}, b=2) == {"by-a": "x", "b": 1}


def test_alternatives_that_are_not_chosen_are_not_rendered() -> None:
    assert rendered({"by-a": {"x": "{unknown}", "default": "{a}"}}, a="y") == "y"
    assert rendered(["{a}", {"by-a": {"x": "{unknown}", "default": 1}}], a="y") == ["y", 1]


def test_keyed_values_stand_anywhere_and_inside_each_other() -> None:
    inner = {"by-b": {"1": "one", "default": "{a}"}}
    assert rendered({"k": [{"by-a": {"x": inner, "default": 0}}]}, a="x", b=1) == {"k": ["one"]}


@pytest.mark.parametrize("value", [{"by-a": 1}, {"by-a": {}, "by-b": {}}, {"a": {}}, "by-a", 1])
def test_other_values_are_not_keyed(value: Any) -> None:
    assert keyed_by(value) is None


def test_keys_may_have_placeholders() -> None:
    assert rendered({"{a}-dir": {"{b}": 1}}, a="x", b="y") == {"x-dir": {"y": 1}}


def test_doubled_braces_are_literal_in_keys_too() -> None:
    assert rendered({"{{a}}": "{b}"}, b=1) == {"{a}": 1}


def test_what_is_constant_is_shared() -> None:
    template = compile_template({"a": [1, {"b": "c"}]})
    assert isinstance(template, Constant)
    assert template.names == ()
    assert template.render(Known()) is template.render(Known())


def test_what_depends_on_few_variables_is_shared_by_those_that_agree() -> None:
    template = compile_template({"a": "{x}", "b": {"c": "{y}"}})
    first = template.render(Known(x="1", y="2"))
    assert template.render(Known(x="1", y="2", z="3")) is first
    assert template.render(Known(x="1", y="4")) == {"a": "1", "b": {"c": "4"}}


def test_equal_values_of_different_types_are_not_shared() -> None:
    template = compile_template({"a": "{x}", "b": 1})
    assert template.render(Known(x=1))["a"] is not True
    assert template.render(Known(x=True))["a"] is True
    assert template.render(Known(x=1.0))["a"] == 1.0


def test_variables_that_are_lists_are_rendered_anew() -> None:
    template = compile_template({"a": "{x}", "b": 1})
    assert template.render(Known(x=["1"])) == {"a": ["1"], "b": 1}
    assert template.render(Known(x=["2"])) == {"a": ["2"], "b": 1}


def test_the_variables_of_a_template_are_in_a_fixed_order() -> None:
    value = {"k": "{c} {a}", "l": {"by-b": {"x": "{d}", "default": "{a}"}}}
    assert compile_template(value).names == ("c", "a", "b", "d")


#: What looks like a placeholder and is none is refused when it is compiled.
_texts = st.text("ab{}-$ x", max_size=6).filter(lambda text: misleading(text) is None)
_scalars = st.none() | st.booleans() | st.integers() | _texts
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_values, st.sampled_from(["x", 1, True, None]), st.sampled_from(["y", ""]))
def test_rendering_is_pure_and_keeps_the_shape(value: Any, a: Any, b: Any) -> None:
    before = repr(value)
    scope = Known({name: (a, b)[len(name) % 2] for name in ("a", "b", "aa", "ab", "ba", "bb")})
    template = compile_template(value)
    try:
        first = template.render(scope)
    except Unrenderable:
        return
    assert template.render(scope) == first
    assert repr(value) == before
    if isinstance(value, Mapping):
        assert len(first) <= len(value)
    elif isinstance(value, list):
        assert len(first) == len(value)


@given(st.text("ab -$", max_size=8))
def test_text_without_braces_is_itself(text: str) -> None:
    assert rendered(text) == text
    assert list(placeholders(text)) == []


def test_names_are_written_with_dashes() -> None:
    assert variable("build-platform") == "build_platform"
    assert written("build_platform") == "build-platform"
    assert list(placeholders("{a-b} {{c}} ${d} {e}")) == ["a-b", "e"]
    assert [as_key(value) for value in (None, True, False, 3, "x")] == [
        "none",
        "true",
        "false",
        "3",
        "x",
    ]
