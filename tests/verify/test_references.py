from typing import Any

import pytest

from relpro.errors import Diagnostic, Origin, render
from relpro.graph.taskgraph import TaskGraph
from relpro.testing.factories import make_config, make_parameters, make_task
from relpro.verify.references import references_name_what_exists
from tests.morph.test_references import artifact_ref, task_ref


def found_in(graph: TaskGraph) -> list[Diagnostic]:
    return [*references_name_what_exists(graph, make_parameters(), make_config())]


def at(line: int) -> Origin:
    return Origin("kinds/promote/signing.yml", line)


BUILD = make_task("build-a", artifacts=["public/build/target.zip", "public/logs/"], origin=at(1))


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (
            task_ref("<biuld>"),
            """\
error[G304]: `<biuld>` is not a dependency of the task that refers to it
  --> kinds/promote/signing.yml:9   (task `sign`)
help: did you mean `<build>`?""",
        ),
        (
            artifact_ref("<toolchain/public/x>"),
            """\
error[G304]: `<toolchain>` is not a dependency of the task that refers to it
  --> kinds/promote/signing.yml:9   (task `sign`)
help: its dependencies are: `build`""",
        ),
        (
            artifact_ref("<build/public/build/traget.zip>"),
            """\
error[G305]: `<build/public/build/traget.zip>` is not an artifact of the task behind it
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
error[G305]: `<self/public/x>` is not an artifact of the task behind it
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
    found = list(found_in(TaskGraph.build([BUILD, sign])))
    assert render(found) == message


def test_artifacts_of_tasks_outside_the_graph_are_not_judged() -> None:
    sign = make_task("sign", "build-a", definition={"payload": artifact_ref("<build-a/public/x>")})
    assert list(found_in(TaskGraph.build([sign], external=["build-a"]))) == []


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"relative-datestamp": "-5 days"}, '`relative-datestamp` is "-5 days", which is no'),
        ({"relative-datestamp": "1d"}, '`relative-datestamp` is "1d", which is not a duration'),
        ({"relative-datestamp": 5}, "`relative-datestamp` is 5, which is not a duration"),
        ({"relative-datestamp": "1 day", "x": 1}, "`relative-datestamp` stands beside other keys"),
        ({"task-reference": ["<build>"]}, "`task-reference` is "),
        ({"task-reference": "build"}, '`task-reference` is "build", in which no `<name>` stands'),
        ({"artifact-reference": 3}, "`artifact-reference` is 3, which is not text"),
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
    (found,) = found_in(TaskGraph.build([BUILD, *tasks]))
    assert found.code == "G331"
    assert found.what.startswith(f"task `sign`: {fault}")


def test_a_date_deep_in_a_body_may_be_relative() -> None:
    body = {"extra": {"index": {"expires": {"relative-datestamp": "28 days"}}}}
    assert list(found_in(TaskGraph.build([make_task("a", definition=body)]))) == []


def test_a_text_that_holds_a_reference_in_words_is_none() -> None:
    body = {"payload": {"script": 'say {"task-reference": 3} and "relative-datestamp": 1'}}
    assert list(found_in(TaskGraph.build([make_task("a", definition=body)]))) == []
