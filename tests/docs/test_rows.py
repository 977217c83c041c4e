"""One row for one thing: a row that is taken out is missed on its page, or in a schema.

Those of a body, and the keys of workers, are missed in bodies as well: `tests/stock/test_define.py`
and `tests/stock/workers/test_keys.py`. relpro has no morphs of its own: a project's are functions
that its configuration names, in one list.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest

from relpro.actions.every import ACTIONS
from relpro.actions.promotion import fields
from relpro.actions.promotion.schema import input_schema
from relpro.load import flavors
from relpro.load.config_schema import SCHEMA as CONFIG
from relpro.model.config import Flavor
from relpro.optimize.offered import STRATEGIES
from relpro.parameters.known import PARAMETERS
from relpro.project import Project
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.testing.factories import make_config
from relpro.values.expectation import literal
from relpro.verify.rules import RULES
from tests.docs import generated
from tests.docs.pages import DOCS

REFERENCE = DOCS / "reference"
EXTENDED = DOCS.parent / "tests" / "adopter" / "extended" / "kinds" / "config.yml"

#: Page -> the rows that it is made of, by their name in `tests.docs.generated`.
PAGES: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "parameters.md": ("PARAMETERS", PARAMETERS),
    "strategies.md": ("STRATEGIES", STRATEGIES),
    "rules.md": ("RULES", RULES),
    "actions.md": ("ACTIONS", ACTIONS),
}


def without(rows: tuple[Any, ...]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Each row, with all others."""
    return ((row, rows[:at] + rows[at + 1 :]) for at, row in enumerate(rows))


@pytest.mark.parametrize("page", PAGES)
def test_a_row_that_is_taken_out_is_missed_on_its_page(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = (REFERENCE / page).read_text(encoding="utf-8")
    name, rows = PAGES[page]
    for row, others in without(rows):
        monkeypatch.setattr(generated, name, others)
        assert generated.PAGES[page]() != written, row
    monkeypatch.setattr(generated, name, rows)
    assert generated.PAGES[page]() == written


def test_a_field_of_the_input_that_is_taken_out_is_missed_in_the_schema_and_the_release(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = make_config()
    schema = input_schema(config)
    given = {row.name: _anything(schema["properties"][row.name]) for row in PARAMETERS if row.field}
    made = fields.said(given, config, lambda *_: config.origin).values
    for row, others in without(PARAMETERS):
        if row.field:
            monkeypatch.setattr(fields, "PARAMETERS", others)
            assert input_schema(config) != schema, row
            assert fields.said(given, config, lambda *_: config.origin).values != made, row


def _anything(schema: Mapping[str, Any]) -> Any:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {"string": "x", "integer": 1, "boolean": True, "array": ["x"], "object": {}}[kinds[0]]


def test_a_flavor_that_is_taken_out_is_missed_on_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    written = (REFERENCE / "actions.md").read_text(encoding="utf-8")
    config = Project.find(DOCS).config
    for name in config.flavors:
        others = {one: flavor for one, flavor in config.flavors.items() if one != name}
        changed = attrs.evolve(config, flavors=others)
        monkeypatch.setattr(Project, "config", changed)
        assert generated.actions_page() != written, name


def test_a_key_of_a_flavor_that_is_taken_out_is_missed_by_what_it_makes() -> None:
    made = {key.name.replace("-", "_") for key in flavors.KEYS if key.make}
    assert {"name", "origin", *made} == {field.name for field in attrs.fields(Flavor)}


def test_a_key_of_a_worker_that_is_taken_out_is_missed_on_its_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = (REFERENCE / "workers.md").read_text(encoding="utf-8")
    sections = {f"## {text}".strip() for text in written.split("\n## ")[1:]}
    for name, row in IMPLEMENTATIONS.items():
        for key in row.keys:
            others = {one: holds for one, holds in row.keys.items() if one != key}
            changed = {**IMPLEMENTATIONS, name: attrs.evolve(row, keys=others)}
            monkeypatch.setattr(generated, "IMPLEMENTATIONS", changed)
            assert generated.worker_section(name).strip() not in sections, (name, literal(key))
        monkeypatch.setattr(generated, "IMPLEMENTATIONS", IMPLEMENTATIONS)
        assert generated.worker_section(name).strip() in sections, name


def test_a_key_that_names_functions_is_on_its_page_and_used_by_the_extended_project() -> None:
    page = (REFERENCE / "python.md").read_text(encoding="utf-8")
    extensions = page.partition("## Extensions")[2].partition("\n```")[0]
    used = EXTENDED.read_text(encoding="utf-8")
    keys = [key for key, holds in generated.schema_rows(CONFIG.schema) if "dotted name" in holds]
    assert "morphs" in keys
    for words in (key.replace("<name>", "").strip(".").split(".") for key in keys):
        assert all(f"{word}:" in used for word in words), words
        assert all(word in extensions for word in words), words
