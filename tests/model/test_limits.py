import re
from typing import Any

import pytest

from relpro.graph.files import text_of
from relpro.graph.taskgraph import TaskGraph
from relpro.model.limits import exceeded_limits, too_long
from relpro.morph.morph import morph
from relpro.optimize.optimize import Optimized
from relpro.testing.factories import make_definition, make_task
from relpro.verify.bodies import queue_and_workers_accept_every_body


def metadata(**changes: str) -> dict[str, Any]:
    return {"metadata": {**make_definition("t")["metadata"], **changes}}


BEYOND = pytest.mark.parametrize(
    ("definition", "problem"),
    [
        ({"routes": [f"r{n}" for n in range(65)]}, "it has 65 routes, and the queue takes 64"),
        ({"routes": ["r", "r"]}, "route `r` is there twice"),
        ({"routes": ["r" * 250]}, f"route `{'r' * 60}` has 250 characters, not 1 to 249"),
        ({"routes": [""]}, "route `` has 0 characters, not 1 to 249"),
        ({"scopes": ["a:**"]}, "scope `a:**` ends in more than one `*`"),
        ({"scopes": ["ä"]}, "scope `ä` has characters other than printable ASCII"),
        (metadata(name="n" * 256), "`metadata.name` has 256 characters, more than 255"),
        (metadata(owner="n" * 256), "`metadata.owner` has 256 characters, more than 255"),
        (
            metadata(description="n" * 32769),
            "`metadata.description` has 32769 characters, more than 32768",
        ),
        (
            metadata(source="ftp://x"),
            "`metadata.source` is `ftp://x`, not an http(s), ssh or git address",
        ),
        ({"tags": {"os": 3}}, "tag `os` is not a text of at most 4096 characters"),
        (
            {"workerType": "b_linux"},
            "`workerType` is `b_linux`, which does not match `[a-z]([-a-z0-9]{0,36}[a-z0-9])?`",
        ),
        (
            {"provisionerId": "p" * 39},
            f"`provisionerId` is `{'p' * 39}`, which does not match `[a-zA-Z0-9_-]{{1,38}}`",
        ),
        (
            {"schedulerId": "a.b"},
            "`schedulerId` is `a.b`, which does not match `[a-zA-Z0-9_-]{1,38}`",
        ),
    ],
)


@BEYOND
def test_a_task_beyond_a_limit_is_told(definition: dict[str, Any], problem: str) -> None:
    assert list(exceeded_limits(make_task("t", definition=definition))) == [problem]


@BEYOND
def test_what_is_beyond_a_limit_is_told_in_its_words_and_once(
    definition: dict[str, Any], problem: str
) -> None:
    (found,) = queue_and_workers_accept_every_body(make_task("t", definition=definition))
    assert (found.code, found.what) == ("G312", f"task `t`: {problem}")


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"routes": [f"r{n}" for n in range(64)]},
        {"routes": ["r" * 249]},
        {"scopes": ["a:*", "a:*", " ~"]},
        metadata(name="n" * 255, source="git@example.com:x"),
        {"workerType": "b-linux2", "taskQueueId": "built-in/succeed"},
    ],
)
def test_a_task_within_the_limits_is_fine(definition: dict[str, Any]) -> None:
    assert list(exceeded_limits(make_task("t", definition=definition))) == []


def test_a_task_may_have_10000_dependencies() -> None:
    names = [f"d{number}" for number in range(10_001)]
    assert list(exceeded_limits(make_task("t", *names[:10_000]))) == []
    many = make_task("t", *names[:10_000], soft_dependencies=names[10_000:])
    assert list(exceeded_limits(many)) == ["it has 10001 dependencies, and the queue takes 10000"]


def test_the_dependencies_of_a_morphed_task_are_those_of_its_body() -> None:
    morphed = make_task("t", definition={"dependencies": ["creator"] * 10_001})
    (problem,) = exceeded_limits(morphed)
    assert problem == "it has 10001 dependencies, and the queue takes 10000"


def built(**payload: Any) -> list[str]:
    task = make_task("t", definition={"payload": payload})
    return list(too_long(task, text_of(task)))


LONGEST = "ä" * 65_000 + "x" * 1_071


def test_a_word_of_131071_bytes_can_be_started_and_no_longer_one() -> None:
    assert built(command=["sh", LONGEST], env={"A": LONGEST[:-2]}) == []
    for command in (["sh", f"{LONGEST}x"], [["sh", f"{LONGEST}x"]]):
        assert built(command=command) == [
            "word 2 of its command has 131,072 bytes, and Linux takes 131,071"
        ]
    assert built(env={"A": LONGEST[:-1]}) == [
        "`A` of its environment has 131,072 bytes with its name, and Linux takes 131,071"
    ]


def test_a_body_that_the_queue_would_not_read_is_found() -> None:
    (problem,) = built(files=["x" * 1_000_000] * 11)
    assert re.fullmatch(r"its body has 11,000,\d+ bytes, and the queue takes 10,485,760", problem)
    assert built(files=["x" * 1_000_000] * 10) == []


def test_what_is_too_long_is_found_before_anything_is_sent() -> None:
    graph = TaskGraph.build([make_task("t", definition={"payload": {"env": {"A": "x" * 200_000}}})])
    method = Optimized(graph, {}, (), ())
    (found,) = morph(method, creator="OFFLINE0TaSkGroupAAAAA").refused
    assert (found.code, "200,002 bytes" in found.what) == ("G312", True)
