"""Every demand of a script's code refuses what the script refuses, and nothing that is close.

The scripts themselves are not run here: what the package index has of them is of 2018 and 2019, or
another program of the same name. Their code of today is only in their repository.
"""

import re

import pytest

from relpro.verify.bodies import check_body
from relpro.verify.scripts import SCRIPTS
from relpro.verify.scripts.script import Demand
from tests.workers.examples import EXAMPLES, Example

every_example = pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda example: f"{example.script}: {example.says}"
)


def demand_of(example: Example) -> Demand:
    (found,) = (one for one in SCRIPTS[example.script].demands if one.says == example.says)
    return found


def test_every_demand_has_its_example() -> None:
    demands = [(name, one.says) for name, script in SCRIPTS.items() for one in script.demands]
    assert [(example.script, example.says) for example in EXAMPLES] == demands


def test_every_demand_names_the_file_and_the_function_that_make_it() -> None:
    sources = [one.source for script in SCRIPTS.values() for one in script.demands]
    local = [source for source in sources if not source.startswith("Balrog, ")]
    assert [s for s in local if not re.match(r"\w+script/[\w/*]+\.py: \w+", s)] == []


@every_example
def test_what_the_script_refuses_is_told(example: Example) -> None:
    assert list(demand_of(example).check(example.refused)) != []
    assert list(check_body(example.script, example.refused)) != []


@every_example
def test_what_the_script_just_accepts_is_accepted(example: Example) -> None:
    assert list(check_body(example.script, example.accepted)) == []
