from typing import Any

import attrs
import pytest

from relpro.model.task import TaskDescription
from relpro.transform.entry import FIELDS
from relpro.transform.rendered import complaint, demand
from relpro.transform.template import Unrenderable, variable

LABEL = "text of letters, digits and `-_.,/:+@~=%#`"
SHOWN = "must be a mapping with texts as `symbol` and `platform`, and a number as `tier`, and"
DURATION = "must be a duration of at most 1000 years, and is rendered to"
INDEXED = "must be a mapping with texts as `product` and `job-name`, and"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x"),
        ("deadline_after", "2 days"),
        ("scopes", []),
        ("routes", ["a"]),
        ("soft_dependencies", ("a",)),
        ("dependencies", {"a": "b"}),
        ("worker", {}),
        ("retries", 0),
        ("priority", None),
        ("treeherder", {"symbol": "S", "platform": "x/opt", "tier": 2}),
        ("treeherder", None),
        ("index", {"product": "p", "job-name": "j", "rank": 3, "locales": ["de"]}),
        ("optimization", None),
        ("shipping_phase", None),
        ("shipping_phase", "push"),
        ("shipping_product", None),
        ("run_on_projects", ["all"]),
        ("an_attribute_of_the_project_s_own", object()),
    ],
)
def test_a_field_holds_what_it_should(field: str, value: Any) -> None:
    demand(field, value)


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("name", 1, f"`name` must be {LABEL}, and is rendered to 1"),
        ("name", "", f'`name` must be {LABEL}, and is rendered to ""'),
        ("label", "a\nb", f'`label` must be {LABEL}, and is rendered to "a\\nb"'),
        ("worker_type", [], "`worker-type` must be text, and is rendered to an empty list"),
        ("deadline_after", 1, f"`deadline-after` {DURATION} 1"),
        ("expires_after", "x", f'`expires-after` {DURATION} "x"'),
        ("expires_after", "1001 years", f'`expires-after` {DURATION} "1001 years"'),
        ("scopes", "x", '`scopes` must be a list of texts, and is rendered to "x"'),
        ("scopes", {"a": 1}, "`scopes` must be a list of texts, and is rendered to a mapping"),
        (
            "run_on_git_branches",
            ["main", "[z-a]"],
            (
                "`run-on-git-branches` must be a list of regular expressions, and its item 2 is "
                'rendered to "[z-a]"'
            ),
        ),
        ("routes", [1], "`routes` must be a list of texts, and its item 1 is rendered to 1"),
        (
            "routes",
            ("a", ["b"]),
            "`routes` must be a list of texts, and its item 2 is rendered to a list",
        ),
        ("tags", {"a": 1}, "`tags` must be a mapping to texts, and its `a` is rendered to 1"),
        ("worker", None, "`worker` must be a mapping, and is rendered to null"),
        ("retries", True, "`retries` must be a whole number, and is rendered to true"),
        (
            "treeherder",
            {"symbol": 1},
            f"`treeherder` {SHOWN} its `symbol` is rendered to 1",
        ),
        (
            "treeherder",
            {"symbol": "S", "tier": "1"},
            f'`treeherder` {SHOWN} its `tier` is rendered to "1"',
        ),
        (
            "index",
            {"job-name": 1},
            f"`index` {INDEXED} its `job-name` is rendered to 1",
        ),
        (
            "shipping_phase",
            ["push"],
            "`shipping-phase` must be one of build, promote, push, ship, and is rendered to a list",
        ),
        (
            "shipping_product",
            [],
            "`shipping-product` must be text, and is rendered to an empty list",
        ),
    ],
)
def test_a_field_does_not_hold_anything_else(field: str, value: Any, what: str) -> None:
    with pytest.raises(Unrenderable) as caught:
        demand(field, value)
    assert (caught.value.code, caught.value.what) == ("T403", what)
    assert caught.value.path == (field.replace("_", "-"),)


def test_every_field_of_an_entry_refuses_what_it_cannot_hold() -> None:
    """A field whose row is taken out would take anything that is rendered."""
    held = {field.name for field in attrs.fields(TaskDescription)} | {*map(variable, FIELDS)}
    # Attributes are checked one by one; the others are not what people write, or are conditions.
    held -= {"attributes", "kind", "origin", "sections", "upstream", "only_when", "always_target"}
    assert [field for field in sorted(held) if not complaint(field, 3.5)] == []
