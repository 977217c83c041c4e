"""What Treeherder refuses to show, which its schemas say."""

from typing import Any

import pytest

from relpro.testing.factories import make_task
from relpro.verify.treeherder import treeherder_shows_every_task
from tests.verify.found import find, told

FITS: dict[str, Any] = {
    "machine": {"platform": "linux64"},
    "collection": {"opt": True},
    "groupSymbol": "G" * 25,
    "groupName": "n" * 100,
    "symbol": "s" * 25,
    "jobKind": "build",
    "tier": 3,
}


def faults(said: Any) -> list[str]:
    task = make_task("a", definition={"extra": {"treeherder": said}})
    return [text.removeprefix("G320: task `a`: ") for text in told(find(_rule, task))]


_rule = treeherder_shows_every_task


@pytest.mark.parametrize(
    "said", [FITS, {**FITS, "symbol": ""}, {"symbol": "x"}, {**FITS, "collection": {"a_b-c": True}}]
)
def test_what_its_schema_takes_is_taken(said: dict[str, Any]) -> None:
    assert faults(said) == []
    assert find(_rule, make_task("a"), make_task("b", definition={"extra": {}})) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"symbol": "s" * 26}, f"symbol `{'s' * 26}` has 26 characters, and Treeherder takes 0 to"),
        ({"symbol": 3}, "symbol is 3, and must be text"),
        (
            {"groupSymbol": "G" * 26},
            f"group `{'G' * 26}` has 26 characters, and Treeherder takes 1",
        ),
        ({"groupSymbol": ""}, "group `` has 0 characters"),
        ({"groupName": "n" * 101}, "name of the group, `nnn"),
        ({"machine": {"platform": "p" * 51}}, f"platform `{'p' * 51}` has 51 characters"),
        ({"machine": {"platform": "win 64"}}, "platform `win 64` has characters other than"),
        ({"machine": {"platform": "linux64\n"}}, "platform `linux64\n` has characters other than"),
        ({"machine": {}}, "`machine` is an empty mapping, and must say the `platform`"),
        ({"machine": "linux64"}, '`machine` is "linux64", and must say the `platform`'),
        ({"collection": {"a/b": True}}, "what stands after the slash of the platform, `a/b` has"),
        ({"jobKind": "deploy"}, 'kind is "deploy", and must be one of build, test, other'),
        ({"tier": 4}, "tier is 4, and must be one of 1, 2, 3"),
        ({"tier": True}, "tier is true, and must be one of 1, 2, 3"),
    ],
)
def test_what_its_schema_refuses_is_found(change: dict[str, Any], fault: str) -> None:
    (found,) = faults({**FITS, **change})
    assert found.startswith(fault)


def test_what_is_no_mapping_or_has_no_symbol_is_found() -> None:
    assert faults([]) == ["`treeherder` is an empty list, and must be a mapping"]
    assert faults({}) == ["symbol is null, and must be text"]


def test_what_tasks_share_is_told_once() -> None:
    said = {**FITS, "symbol": "s" * 26}
    tasks = [make_task(label, definition={"extra": {"treeherder": said}}) for label in "abc"]
    assert len(find(_rule, *tasks)) == 1
