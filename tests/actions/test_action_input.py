"""What an input may hold: it goes into parameters and bodies of tasks, as it is."""

import json
from typing import Any

import pytest

from relpro.actions.action_input import complete_input
from relpro.errors import RelproError

SCHEMA = {"type": "object", "properties": {"any": {}}, "additionalProperties": False}


def nested(depth: int, opening: str, closing: str) -> str:
    return opening * depth + "1" + closing * depth


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("9007199254740992", "`input.any` is a number that the queue would round"),
        ("[1, -99999999999999999999]", "`input.any[1]` is a number that the queue would round"),
        ("1e300", "`input.any` is a number that the queue would round"),
        ("NaN", "`input.any` is a number that JSON does not have"),
        ('{"a": "\\ud800"}', "`input.any.a` has half of a sign in it"),
        ('{"\\udfff": 1}', "a key of `input.any` has half of a sign in it"),
        (nested(500, "[", "]"), "`input.any[0][0][0]"),
        (nested(500, '{"a":', "}"), "is nested more than 100 deep"),
    ],
)
def test_what_no_body_can_hold_is_refused(given: str, what: str) -> None:
    with pytest.raises(RelproError) as caught:
        complete_input("act", SCHEMA, json.loads(f'{{"any": {given}}}'))
    (problem,) = caught.value.diagnostics
    assert problem.code == "Q709"
    assert what in problem.what
    problem.what.encode()


@pytest.mark.parametrize("given", [2**53 - 1, -(2**53) + 1, 0.5, True, None, "\U0001f600", [[]]])
def test_what_bodies_hold_is_taken(given: Any) -> None:
    assert complete_input("act", SCHEMA, {"any": given}) == {"any": given}
