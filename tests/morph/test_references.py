from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.morph.references import Reference, Search
from relpro.morph.resolving import resolve


def task_ref(text: str) -> dict[str, str]:
    return {"task-reference": text}


def artifact_ref(text: str) -> dict[str, str]:
    return {"artifact-reference": text}


IDS = {"build": "B", "signing": "S"}


def resolved(value: Any) -> Any:
    return resolve(value, IDS, lambda task_id, artifact: f"url:{task_id}:{artifact}")


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (task_ref("<build>"), "B"),
        (task_ref("a <build> and <signing>"), "a B and S"),
        (task_ref("nothing"), "nothing"),
        (task_ref("a < b > c"), "a < b > c"),
        (task_ref("<<build>> is <build>, <<b>>"), "<build> is B, <b>"),
        (artifact_ref("<build/public/x.zip>"), "url:B:public/x.zip"),
        (artifact_ref("<<build/x>> at <build/x>"), "<build/x> at url:B:x"),
        (artifact_ref("get <build/a b> <signing/c>"), "get url:B:a b url:S:c"),
    ],
)
def test_a_reference_becomes_a_text(reference: dict[str, str], text: str) -> None:
    assert resolved({"payload": {"deep": [[reference]]}}) == {"payload": {"deep": [[text]]}}


def test_names_that_are_keys_may_refer_all_together() -> None:
    value = {"cache": {"task-reference": {"a-<build>": "/a", "b": "/b", "<<c>>": "/c"}}, "x": 1}
    assert resolved(value) == {"cache": {"a-B": "/a", "b": "/b", "<c>": "/c"}, "x": 1}
    assert Search().in_part(value) == (Reference("build"),)
    assert Search().faults_of({"payload": value}) == ()


def test_what_is_doubled_is_no_reference() -> None:
    assert Search().in_part([task_ref("<<a>>"), artifact_ref("<<b/c>> <d/e>")]) == (
        Reference("d", "e"),
    )


def test_parts_without_references_are_shared() -> None:
    value = {"env": {"A": task_ref("<build>"), "B": "b"}, "command": ["a", ["b"]], "x": [{}]}
    found = resolved(value)
    assert found == {"env": {"A": "B", "B": "b"}, "command": ["a", ["b"]], "x": [{}]}
    assert found["command"] is value["command"]
    assert value["env"] == {"A": task_ref("<build>"), "B": "b"}
    assert resolved(value["command"]) is value["command"]


def test_a_mapping_with_more_keys_is_no_reference() -> None:
    value = {"x": {"task-reference": "<build>", "more": 1}}
    assert resolved(value) is value
    assert Search().in_part(value) == ()


def test_references_are_found_in_the_order_in_which_they_are_written() -> None:
    value = {
        "b": [task_ref("<one> <two>"), {"x": artifact_ref('<three/public/a "b".zip>')}],
        "a": '{"task-reference":"<in-a-text>"}',
        "c": artifact_ref("<four>"),
    }
    assert Search().in_part(value) == (
        Reference("one"),
        Reference("two"),
        Reference("three", 'public/a "b".zip'),
        Reference("four", ""),
    )


json = st.recursive(
    st.text(max_size=5) | st.integers(0, 9) | st.sampled_from(["<build>", "task-reference"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        | st.builds(task_ref, st.sampled_from(["<build>", "x", "<signing> <build>"]))
    ),
    max_leaves=15,
)


def walked(value: Any) -> list[str]:
    """The texts of the references that a walk through the value finds."""
    if isinstance(value, dict):
        if list(value) == ["task-reference"] and isinstance(value["task-reference"], str):
            return [value["task-reference"]]
        value = list(value.values())
    return [text for part in value for text in walked(part)] if isinstance(value, list) else []


@given(json)
def test_what_is_found_is_what_is_resolved(value: Any) -> None:
    names = {name for text in walked(value) for name in IDS if f"<{name}>" in text}
    assert {one.name for one in Search().in_definition({"payload": value})} == names
    assert walked(resolved({"payload": value})) == []
