"""Texts of taskgraph mean the same as templates of relpro."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relpro.moving.layout import written
from relpro.moving.texts import formatted, template, variable_named
from relpro.transform.compiler import compile_template
from relpro.yaml.document import parse

LITERAL = st.text(alphabet='{}$ab ":x[]', max_size=12)


@given(st.lists(LITERAL, min_size=1, max_size=4))
def test_a_text_around_variables_means_itself(parts: list[str]) -> None:
    if any(part.endswith("$") for part in parts[:-1]):
        return  # `${name}` is of a shell: this is noted
    text = variable_named("v").join(parts)
    assert compile_template(template(text)).render({"v": "value"}) == "value".join(parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{x} of {{x}}", "{v} of {{x}}"),
        ("echo ${{HOME}}", "echo ${HOME}"),
        ("{unknown} and {x}", "{{unknown}} and {v}"),
        ('{"json": {x}}', '{{"json": {{x}}}}'),
    ],
)
def test_a_text_is_formatted_as_python_does(text: str, expected: str) -> None:
    names = {"x": variable_named("v")}
    assert template(formatted(text, names.get, lambda _name: None)) == expected


SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.text(max_size=20).filter(lambda text: text.isprintable()),
    st.sampled_from(
        ["3.10", "007", "on", "yes", "1:30", "a: b", "# no", "line\nline\n", "- x", ""]
    ),
)
DATA = st.recursive(
    SCALAR,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(["key", "on", "3", "a b"]), DATA, min_size=1))
def test_what_is_written_is_read_as_it_was(data: dict[str, object]) -> None:
    assert parse(written(data), "kind.yml").data == data
