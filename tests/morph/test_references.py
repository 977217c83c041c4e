from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.errors import Origin, render
from relpro.graph.taskgraph import TaskGraph
from relpro.morph.references import Reference, Search, check_references
from relpro.morph.resolving import resolve
from relpro.testing.factories import make_task


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


def at(line: int) -> Origin:
    return Origin("kinds/promote/signing.yml", line)


BUILD = make_task("build-a", artifacts=["public/build/target.zip", "public/logs/"], origin=at(1))


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (
            task_ref("<biuld>"),
            """\
error[G304]: `<biuld>` is none of the dependencies of the task that refers to it
  --> kinds/promote/signing.yml:9   (task `sign`)
help: did you mean `<build>`?""",
        ),
        (
            artifact_ref("<toolchain/public/x>"),
            """\
error[G304]: `<toolchain>` is none of the dependencies of the task that refers to it
  --> kinds/promote/signing.yml:9   (task `sign`)
help: its dependencies are: `build`""",
        ),
        (
            artifact_ref("<build/public/build/traget.zip>"),
            """\
error[G305]: `<build/public/build/traget.zip>` is no artifact of the task behind it
  --> kinds/promote/signing.yml:9   (task `sign`, of `build-a`)
  --> kinds/promote/signing.yml:1
help: did you mean `public/build/target.zip`?""",
        ),
        (
            artifact_ref("<build>"),
            """\
error[G305]: `<build>` names no artifact
  --> kinds/promote/signing.yml:9   (task `sign`, of `build-a`)
  --> kinds/promote/signing.yml:1""",
        ),
        (
            artifact_ref("<self/public/x>"),
            """\
error[G305]: `<self/public/x>` is no artifact of the task behind it
  --> kinds/promote/signing.yml:9   (task `sign`, of `sign`)
why: `sign` publishes no artifact""",
        ),
        (artifact_ref("<build/public/build/target.zip>"), ""),
        (artifact_ref("<build/public/logs/live.log>"), ""),
        (artifact_ref("<decision/public/parameters.yml>"), ""),
        (task_ref("<self> <decision> <build>"), ""),
    ],
)
def test_references_are_checked_before_anything_is_optimized(payload: Any, message: str) -> None:
    sign = make_task(
        "sign", dependencies={"build": "build-a"}, definition={"payload": payload}, origin=at(9)
    )
    found = list(check_references(TaskGraph.build([BUILD, sign])))
    assert render(found) == message


def test_artifacts_of_tasks_outside_the_graph_are_not_judged() -> None:
    sign = make_task("sign", "build-a", definition={"payload": artifact_ref("<build-a/public/x>")})
    assert list(check_references(TaskGraph.build([sign], external=["build-a"]))) == []


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"relative-datestamp": "-5 days"}, '`relative-datestamp` is "-5 days", which is no'),
        ({"relative-datestamp": "1d"}, '`relative-datestamp` is "1d", which is no duration'),
        ({"relative-datestamp": 5}, "`relative-datestamp` is 5, which is no duration"),
        ({"relative-datestamp": "1 day", "x": 1}, "`relative-datestamp` stands beside other keys"),
        ({"task-reference": ["<build>"]}, "`task-reference` is "),
        ({"task-reference": "build"}, '`task-reference` is "build", in which no `<name>` stands'),
        ({"artifact-reference": 3}, "`artifact-reference` is 3, which is no text"),
        ({"task-reference": "<build>", "x": 1}, "`task-reference` stands beside other keys"),
    ],
)
@pytest.mark.parametrize("part", ["payload", "extra"])
def test_what_cannot_be_filled_in_is_said_early_wherever_it_stands(
    value: Any, fault: str, part: str
) -> None:
    body = {part: {"deep": [{"inside": [value]}]}}
    tasks = [
        make_task(name, dependencies={"build": "build-a"}, definition=body, origin=at(9))
        for name in ("sign", "sign-2")
    ]
    (found,) = check_references(TaskGraph.build([BUILD, *tasks]))
    assert found.code == "G331"
    assert found.what.startswith(f"task `sign`: {fault}")


def test_a_date_deep_in_a_body_may_be_relative() -> None:
    body = {"extra": {"index": {"expires": {"relative-datestamp": "28 days"}}}}
    assert list(check_references(TaskGraph.build([make_task("a", definition=body)]))) == []


def test_a_text_that_holds_a_reference_in_words_is_none() -> None:
    body = {"payload": {"script": 'say {"task-reference": 3} and "relative-datestamp": 1'}}
    assert list(check_references(TaskGraph.build([make_task("a", definition=body)]))) == []
