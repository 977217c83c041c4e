"""Data against its schema: what fits, and what is said of what does not."""

from typing import Any

import pytest
import voluptuous
from hypothesis import given
from hypothesis import strategies as st
from voluptuous import Optional, Required

from relpro.errors import Diagnostic, render
from relpro.values import (
    check,
    duration,
    flag,
    list_of,
    mapping_of,
    one_of,
    templated,
    text,
    whole_number,
)
from relpro.values.validators import is_too_long, seconds
from relpro.yaml.document import parse

_WORKER = {
    Required("os"): one_of(["linux", "macos"]),
    Optional("max-run-time"): whole_number,
    Optional("chain-of-trust"): flag,
    Optional("env"): mapping_of(text),
    Optional("mounts"): [{Required("path"): text, Optional("cache"): text}],
    Optional("image"): one_of([None, text, {Required("path"): text}]),
    Optional("expires"): duration,
}
KEYED = "write `{by-level: {<level>: ..., default: ...}}`"

_PLAIN = voluptuous.Schema(_WORKER)
_TEMPLATED = voluptuous.Schema(templated(_WORKER))


def _found(schema: Any, source: str, context: str = "") -> list[Diagnostic]:
    document = parse(source, "f.yml")
    return list(check(voluptuous.Schema(schema), document.data, document.locations.origin, context))


def _said(schema: Any, source: str) -> list[str]:
    return [
        f"{d.code} {d.where[0].line}:{d.where[0].column} {d.what}"
        + (f" | {d.remedy}" if d.remedy else "")
        for d in _found(schema, source)
    ]


def test_the_message_names_the_key_the_place_and_the_remedy() -> None:
    source = "worker:\n  os: linux\n  max-run-time: 2 hours\n"
    found = _found({"worker": _WORKER}, source, "task `linux64`")
    assert render(found, lambda _, line: source.split("\n")[line - 1]) == (
        'error[K201]: `max-run-time` must be a whole number, got "2 hours"\n'
        "  --> f.yml:3:3   (task `linux64`, in `worker`)\n"
        " 3 |   max-run-time: 2 hours\n"
        "   |                 ^^^^^^^ write 7200"
    )


def test_everything_that_is_wrong_is_said_at_once_in_reading_order() -> None:
    source = """\
max-run-time: soon
os: linus
chain-of-trusts: true
env: {A: 1, B: x}
mounts:
  - path: [a]
  - cach: x
image: {path: 3}
"""
    assert _said(templated(_WORKER), source) == [
        'K201 1:1 `max-run-time` must be a whole number, got "soon"',
        'K201 2:1 `os` must be one of `linux`, `macos`, got "linus" | did you mean `linux`?',
        "K203 3:1 unknown key `chain-of-trusts` | did you mean `chain-of-trust`?",
        'K201 4:7 `A` must be text, got 1 | put it in quotes: "1"',
        "K201 6:5 `path` must be text, got a list",
        "K202 7:5 `path` is missing | add `path: ...`, text",
        "K203 7:5 unknown key `cach` | did you mean `cache`?",
        'K201 8:9 `path` must be text, got 3 | put it in quotes: "3"',
    ]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("os: 3", ["K201 1:1 `os` must be one of `linux`, `macos`, got 3"]),
        ("max-run-time: 3", ["K202 1:1 `os` is missing | add `os: ...`, one of `linux`, `macos`"]),
        ("oss: linux", ["K203 1:1 unknown key `oss` | did you mean `os`?"]),
        (
            "{os: linux, max-run-time: true}",
            ["K201 1:13 `max-run-time` must be a whole number, got true"],
        ),
        (
            "{os: linux, max-run-time: '7'}",
            ['K201 1:13 `max-run-time` must be a whole number, got "7" | leave the quotes out'],
        ),
        (
            "{os: linux, max-run-time: 1.5}",
            ["K201 1:13 `max-run-time` must be a whole number, got 1.5"],
        ),
        (
            "{os: linux, max-run-time: null}",
            ["K201 1:13 `max-run-time` must be a whole number, got null"],
        ),
        (
            "{os: linux, chain-of-trust: yes}",
            ['K201 1:13 `chain-of-trust` must be true or false, got "yes" | write true'],
        ),
        (
            "{os: linux, chain-of-trust: 1}",
            ["K201 1:13 `chain-of-trust` must be true or false, got 1"],
        ),
        ("{os: linux, env: [A]}", ["K201 1:13 `env` must be a mapping, got a list"]),
        (
            "{os: linux, env: {A: True}}",
            ["K201 1:19 `A` must be text, got true | put it in quotes, as it is written"],
        ),
        (
            "{os: linux, env: {true: x}}",
            ["K203 1:19 key `true` must be text | put it in quotes, as it is written"],
        ),
        (
            "{os: linux, env: {A: {name}}}",
            ['K201 1:19 `A` must be text, got a mapping | put it in quotes: "{name}"'],
        ),
        ("{os: linux, mounts: {path: x}}", ["K201 1:13 `mounts` must be a list, got a mapping"]),
        ("{os: linux, mounts: [x]}", ['K201 1:22 item 1 of `mounts` must be a mapping, got "x"']),
        (
            "{os: linux, image: [x]}",
            ["K201 1:13 `image` must be text, a mapping or null, got a list"],
        ),
        ("{os: linux, image: {}}", ["K202 1:13 `path` is missing | add `path: ...`, text"]),
        (
            "{os: linux, expires: soon}",
            ['K201 1:13 `expires` must be a duration such as `28 days`, got "soon"'],
        ),
        ('{os: "a\\nb\\e"}', ['K201 1:2 `os` must be one of `linux`, `macos`, got "a\\nb\\x1b"']),
    ],
)
@pytest.mark.parametrize("schema", [_PLAIN, _TEMPLATED], ids=["plain", "templated"])
def test_a_wrong_value_or_key_is_said_to_be_so(
    schema: voluptuous.Schema, source: str, said: list[str]
) -> None:
    assert _said(schema, source) == said


@pytest.mark.parametrize(
    "source",
    [
        "{os: '{os}', max-run-time: '{time}', chain-of-trust: '{level}'}",
        "{os: linux, max-run-time: '{hours}00', env: '{environment}', mounts: '{mounts}'}",
        "{os: linux, env: {A: 'x-{locale}', B: {by-level: {3: a, default: '{b}'}}}}",
        "{os: {by-platform: {l.*: linux, default: {by-level: {3: macos, default: linux}}}}}",
        "{os: linux, mounts: {by-level: {3: [{path: a}], default: []}}}",
        "{os: linux, mounts: [{by-level: {3: {path: a}, default: {path: '{b}'}}}]}",
        "{os: linux, image: {by-level: {3: null, default: {path: {by-x: {default: a}}}}}}",
        "{by-level: {3: {os: linux}, default: {os: macos}}}",
    ],
)
def test_templates_and_keyed_values_may_stand_for_any_value(source: str) -> None:
    assert _said(_TEMPLATED, source) == []
    assert _said(_PLAIN, source) != []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "os: {by-level: {3: linux, 1: {by-x: {a: linus, default: macos}}}}",
            ['K201 1:38 `os` must be one of `linux`, `macos`, got "linus" | did you mean `linux`?'],
        ),
        (
            "{os: linux, max-run-time: {by-level: {3: soon, default: 1}}}",
            ['K201 1:39 `max-run-time` must be a whole number, got "soon"'],
        ),
        (
            "{os: linux, mounts: [{by-level: {3: {path: a, b: c}, default: {}}}]}",
            [
                "K203 1:47 unknown key `b` | known here: `cache`, `path`",
                "K202 1:54 `path` is missing | add `path: ...`, text",
            ],
        ),
        (
            "{os: linux, max-run-time: {by-level: {}}}",
            [f"K201 1:28 `by-level` must have alternatives, got an empty mapping | {KEYED}"],
        ),
        (
            "{os: linux, max-run-time: {by-level: 3}}",
            [f"K201 1:28 `by-level` must have alternatives, got 3 | {KEYED}"],
        ),
        (
            "{os: linux, max-run-time: {by-level: {3: 1}, default: 2}}",
            [f"K203 1:46 `default` must stand below `by-level`, not beside it | {KEYED}"],
        ),
        (
            "{os: linux, max-run-time: {by-level: {3: 1}, by-os: {default: 2}}}",
            [f"K203 1:46 `by-os` must stand below `by-level`, not beside it | {KEYED}"],
        ),
        (
            "{os: linux, env: 'x-{environment}'}",
            ['K201 1:13 `env` must be a mapping, got "x-{environment}"'],
        ),
        (
            "{os: linux, mounts: 'x-{mounts}'}",
            ['K201 1:13 `mounts` must be a list, got "x-{mounts}"'],
        ),
        ("{os: '${HOME}'}", ['K201 1:2 `os` must be one of `linux`, `macos`, got "${HOME}"']),
        ("{os: '{{os}}'}", ['K201 1:2 `os` must be one of `linux`, `macos`, got "{{os}}"']),
        (
            "{by-level: {3: {os: linux, oss: 1}, default: {}}}",
            [
                "K203 1:28 unknown key `oss` | did you mean `os`?",
                "K202 1:37 `os` is missing | add `os: ...`, one of `linux`, `macos`",
            ],
        ),
    ],
)
def test_every_alternative_is_checked_in_its_place(source: str, said: list[str]) -> None:
    assert _said(_TEMPLATED, source) == said


def test_a_list_of_distinct_items_has_each_once() -> None:
    schema = {Optional("names"): list_of(text, distinct=True, some=True)}
    assert _said(schema, "names: [a, b]") == []
    assert _said(schema, "names: [a, b, a, a]") == [
        'K201 1:15 item 3 of `names` must be unique, got "a"',
        'K201 1:18 item 4 of `names` must be unique, got "a"',
    ]
    assert _said(schema, "names: []") == ["K201 1:1 `names` must have an item, got an empty list"]
    assert _said(templated(schema), "names: {by-x: {default: [a, a]}}") == [
        'K201 1:29 item 2 of `names` must be unique, got "a"'
    ]


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("1000 years", 1000 * 365 * 86400),
        ("0001 second", 1),
        ("0 days", 0),
        ("1001 years", None),
        ("99999999 years", None),
        (f"{'9' * 5000} seconds", None),
    ],
)
def test_a_duration_is_no_longer_than_dates_reach(said: str, length: int | None) -> None:
    assert seconds(said) == length
    assert is_too_long(said) == (length is None)
    remedies = [d.remedy for d in _found({"after": duration}, f"after: {said}")]
    wanted = "there is no date in so many years: 1000 is the most"
    assert remedies == ([wanted] if length is None else [])


def test_a_missing_key_that_was_only_misspelt_is_not_reported_twice() -> None:
    assert _said({Required("description"): text}, "descripton: x") == [
        "K203 1:1 unknown key `descripton` | did you mean `description`?"
    ]


def test_a_few_known_keys_are_listed() -> None:
    schema = {Optional("b"): text, Required("a"): text, "c": flag}
    assert _said(schema, "{a: x, 3: y}") == ["K203 1:8 unknown key `3` | known here: `a`, `b`, `c`"]


def test_a_long_value_is_not_quoted_in_full() -> None:
    (found,) = _found({"a": flag}, f"a: {'x' * 200}")
    assert found.what == f'`a` must be true or false, got "{"x" * 57}..."'


def test_of_many_known_keys_none_is_listed() -> None:
    schema = {Optional(f"key-{sign}"): text for sign in "abcdefghi"}
    assert _said(schema, "zzz: 1") == ["K203 1:1 unknown key `zzz`"]


def test_of_many_choices_the_first_are_listed() -> None:
    schema = {"a": one_of("bcdefghijk")}
    assert _said(schema, "a: 1") == [
        "K201 1:1 `a` must be one of `b`, `c`, `d`, `e`, `f`, `g`, `h`, `i`, ..., got 1"
    ]


def test_the_words_of_other_validators_follow_the_name_of_the_key() -> None:
    def even(value: int) -> int:
        if value % 2:
            raise voluptuous.Invalid("must be even")
        return value

    schema = {
        "a": voluptuous.All(whole_number, even),
        "b": voluptuous.All(whole_number, voluptuous.Range(min=1)),
        "c": voluptuous.Match("x+"),
    }
    source = "{a: 3, b: 0, c: y}"
    said = [
        "K201 1:2 `a` must be even, got 3",
        "K201 1:8 `b` must be at least 1, got 0",
        'K201 1:14 `c` does not match regular expression x+, got "y"',
    ]
    assert _said(schema, source) == _said(templated(schema), source) == said


def test_lists_say_which_of_their_items_is_wrong() -> None:
    schema = {"names": [text], "pairs": list_of([whole_number])}
    assert _said(templated(schema), "{names: [a, 2, 3], pairs: [[1], [x, y]]}") == [
        'K201 1:13 item 2 of `names` must be text, got 2 | put it in quotes: "2"',
        'K201 1:16 item 3 of `names` must be text, got 3 | put it in quotes: "3"',
        'K201 1:34 item 1 of item 2 of `pairs` must be a whole number, got "x"',
        'K201 1:37 item 2 of item 2 of `pairs` must be a whole number, got "y"',
    ]


def test_a_list_may_hold_several_kinds_of_items() -> None:
    schema = templated({"a": [text, {"b": whole_number}]})
    assert _said(schema, "a: [x, {b: 1}]") == []
    assert _said(schema, "a: [3, {b: x}]") == [
        'K201 1:5 item 1 of `a` must be text or a mapping, got 3 | put it in quotes: "3"',
        'K201 1:9 `b` must be a whole number, got "x"',
    ]


def test_templating_twice_is_templating_once() -> None:
    schema = templated(templated({"a": whole_number}))
    assert _said(voluptuous.Schema(schema), "a: {by-x: {b: '{c}', d: e}}") == [
        'K201 1:22 `a` must be a whole number, got "e"'
    ]


@pytest.mark.parametrize(
    ("written", "fits"),
    [
        ("1 day", True),
        ("28 days", True),
        ("2 hours", True),
        ("30 minutes", True),
        ("90 seconds", True),
        ("1 week", True),
        ("3 months", True),
        ("1 year", True),
        ("1 day 2 hours", False),
        ("day", False),
        ("1 fortnight", False),
        ("-1 day", False),
        (" 1 day", False),
        ("1 day\n", False),
        ("", False),
        (1, False),
        (None, False),
    ],
)
def test_a_duration_is_one_number_of_one_unit(written: Any, fits: bool) -> None:
    origin = parse("a: 1", "f").locations.origin
    found = any(check(voluptuous.Schema(duration), written, origin, ""))
    assert found != fits


@pytest.mark.parametrize(
    ("validator", "value"),
    [(text, ""), (whole_number, 0), (flag, False), (duration, "1 day"), (list_of(text), ["a"])],
)
def test_a_validator_gives_the_value_back(validator: Any, value: Any) -> None:
    assert validator(value) is value


_scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner)
)


@given(_values, st.lists(st.sampled_from(["os", "level", "x-y"]), max_size=3))
def test_a_keyed_value_fits_where_its_alternative_does(value: Any, words: list[str]) -> None:
    schema = templated(one_of([None, whole_number, [text], {str: flag}]))
    keyed = value
    for word in words:
        keyed = {f"by-{word}": {"default": keyed}}
    origin = parse("a: 1", "f.yml").locations.origin
    compiled = voluptuous.Schema(schema)
    plain, wrapped = (list(check(compiled, data, origin, "")) for data in (value, keyed))
    assert [d.code for d in plain] == [d.code for d in wrapped]
