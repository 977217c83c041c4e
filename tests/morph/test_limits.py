from typing import Any

import pytest

from relpro.morph.limits import exceeded_limits
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


def test_a_task_may_have_9999_dependencies() -> None:
    names = [f"d{number}" for number in range(10_000)]
    assert list(exceeded_limits(make_task("t", *names[:9_999]))) == []
    many = make_task("t", *names[:9_999], soft_dependencies=names[9_999:])
    assert list(exceeded_limits(many)) == ["it has 10000 dependencies, and the queue takes 9999"]
