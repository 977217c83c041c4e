"""Every row of the known parameters takes what it says, and nothing else, at every level."""

import random
from collections.abc import Mapping
from typing import Any

import pytest

from relpro.errors import Origin, RelproError
from relpro.parameters.known import KNOWN, PARAMETERS
from relpro.parameters.parameter import Parameter
from relpro.parameters.read import check_parameters
from relpro.testing.factories import MADE_HERE, make_config
from relpro.transform.completion import complete

_EARLIER = {
    "buildid": "20250715120000",
    "mar_url": "x",
    "previousVersion": "1.0",
    "previousBuildNumber": 1,
}

#: A right value of every parameter, as deep as it goes.
RIGHT: Mapping[str, Any] = {
    "tasks_for": "hg-push",
    "release_product": "widget",
    "next_version": "1.1",
    "hg_branch": "default",
    "shipping_phase": "ship",
    "optimize_strategies": "some",
    "pull_request_number": 7,
    "release_eta": "2025-07-16T13:00:00.000Z",
    "release_partners": ["a"],
    "do_not_optimize": ["a"],
    "files_changed": ["a"],
    "partial_versions": ["1.0"],
    "required_signoffs": ["a"],
    "existing_tasks": {"a": "b"},
    "signoff_urls": {"a": "https://example.com"},
    "release_history": {"linux64": {"de": {"a.mar": _EARLIER}}},
    "release_partner_config": {"repack": {"open": {"open-1": {"locales": ["de"]}}}},
}
CONFIG = make_config(products=("widget",))


def check(name: Any, value: Any) -> list[str]:
    try:
        check_parameters({name: value}, CONFIG, lambda *path: Origin("p.yml", 1, path=path))
    except RelproError as error:
        return [problem.what for problem in error.diagnostics]
    return []


def right(row: Parameter) -> Any:
    return RIGHT.get(row.name, row.default)


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_a_right_value_is_taken_and_one_of_every_other_type_refused(row: Parameter) -> None:
    assert check(row.name, right(row)) == []
    assert (check(row.name, None) == []) == row.null
    for other in ("\0x", -1, True, ["a"], {"a": "a"}, 1.5, b"a"):
        if type(other) is not type(right(row)):
            assert check(row.name, other), other


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("build_number", -1, "must be a whole number from 1 to 2147483647, got -1"),
        ("pull_request_number", 2**53, "must be a whole number, 1 or more (and less than 2^53)"),
        ("moz_build_date", "yesterday", 'must be a date as 20250715120000, got "yesterday"'),
        ("moz_build_date", "20251315120000", "must be a date as 20250715120000"),
        ("release_eta", "tomorrow", 'must be a date as 2025-07-15T12:00:00Z, got "tomorrow"'),
        ("tasks_for", "bananas", "must be hg-push, "),
        ("head_repository", "https://[::1", "must be an address as https://github.com/example/app"),
        ("base_repository", "http://x:99999/", "must be an address as https://github.com/example"),
        ("head_repository", "/srv/app", "must be an address as https://github.com/example/app"),
        ("head_rev", "the tip", 'must be a revision as d7bbc5812f7f, got "the tip"'),
        ("owner", "x" * 256, "must be text of at most 255 characters, got"),
        ("shipping_phase", "shop", "must be build, promote, push or ship"),
        ("repository_type", "svn", "must be git or hg"),
        ("files_changed", [3], "item 1 of parameter `files_changed` must be text, got 3"),
        ("release_history", {"linux64": {"de": 3}}, "`de` of parameter `release_history` must be"),
        ("release_partner_config", {"repack": 3}, "`repack` of parameter `release_partner_config`"),
        (
            "release_history",
            {"linux64": {"de": {"a.mar": {**_EARLIER, "mar_url": None}}}},
            "`mar_url` of parameter `release_history` must be text, got null",
        ),
        (
            "release_history",
            {"linux64": {"de": {"a.mar": dict(list(_EARLIER.items())[1:])}}},
            "`a.mar` of parameter `release_history` must be a mapping with `buildid`",
        ),
        (
            "release_partner_config",
            {"release-partner-attribution": {"configs": [{"campaign": "a"}]}},
            "item 1 of `configs` of parameter `release_partner_config` must be a mapping with",
        ),
        (
            "release_partner_config",
            {"repack": {"a": {"a-1": {"platforms": [3]}}}},
            "item 1 of `platforms` of parameter `release_partner_config` must be text, got 3",
        ),
        ("signoff_urls", {1: "x"}, "must be a mapping whose keys are text, got 1"),
        (139.0, "x", "unknown parameter `139.0`"),
    ],
)
def test_what_is_out_of_bounds_or_wrong_inside_is_named(name: Any, value: Any, what: str) -> None:
    (found,) = check(name, value)
    assert what in found


def test_null_becomes_the_default() -> None:
    nulls = {row.name: None for row in PARAMETERS if row.null}
    made = complete(CONFIG, checkout={}, inputs={}, given={"project": "widget", **nulls})
    assert {name: made[name] for name in nulls} == {name: KNOWN[name].default for name in nulls}


@pytest.mark.parametrize("seed", range(300))
def test_a_wrong_value_anywhere_is_no_error_of_python(seed: int) -> None:
    chance = random.Random(seed)
    row = chance.choice(PARAMETERS)
    found = check(row.name, spoilt(right(row), chance))
    assert all(f"`{row.name}`" in what for what in found)


def spoilt(value: Any, chance: random.Random) -> Any:
    """The value with one part of it, at any depth, replaced by something else."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(sorted(value))
        return {**value, key: spoilt(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        return [*value[1:], spoilt(value[0], chance)]
    return chance.choice([None, 3, -1, 1.5, True, "x", [], [3], [None], {}, {1: 2}, {"a": [{}]}])


def test_the_default_of_every_row_passes_its_own_check() -> None:
    check_parameters({row.name: row.default for row in PARAMETERS}, CONFIG, lambda *_: MADE_HERE)
