"""Every key, parameter, command and kind has its place in the reference, and stands there as is."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from relpro.errors import Origin
from relpro.load.config_schema import SCHEMA as CONFIG
from relpro.load.kinds import SCHEMA as KIND
from relpro.model.place import KINDS, MOVING
from relpro.model.task import Draft
from relpro.parameters.known import DEFAULTS
from relpro.project import Project
from relpro.testing.factories import make_config, make_parameters
from relpro.transform.compiler import compile_template
from relpro.transform.entry import FIELDS
from relpro.transform.scope import Release, TaskScope
from tests.docs.generated import PAGES, SHARED, schema_rows, stock_modules
from tests.docs.pages import DOCS, table

REFERENCE = DOCS / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_would_be_generated_now(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "run `make docs`"


@pytest.mark.parametrize(
    ("heading", "schema"),
    [("## config.yml", CONFIG.schema), ("## A kind", KIND.schema), ("## A task", FIELDS)],
)
def test_every_key_is_documented_with_what_it_holds(heading: str, schema: Any) -> None:
    rows = table((REFERENCE / "configuration.md").read_text(encoding="utf-8"), heading)
    assert [(key, holds) for key, holds, _ in rows] == [
        (f"`{key}`", holds) for key, holds in schema_rows(schema)
    ]
    assert all(meaning.endswith((".", "...")) for *_, meaning in rows)


def test_every_kind_of_place_is_documented() -> None:
    rows = table((REFERENCE / "configuration.md").read_text(encoding="utf-8"), "## Places")
    told = {
        kind: f"{key}; it moves." if kind in MOVING else f"{key}." for kind, key in KINDS.items()
    }
    assert {row[0].strip("`"): row[1] for row in rows} == told


def test_the_docstring_of_a_stock_transform_names_every_key_that_it_reads() -> None:
    shared = " ".join(_doc(name) for name, module in stock_modules() if name in SHARED)
    checked = []
    for name, module in stock_modules():
        for step in getattr(module, "transforms", ()):
            for section in step.sections:
                keys = [section.name, *_keys(section.schema)]
                text = _doc(name) + (shared if "relpro.stock.candidates" in _doc(name) else "")
                checked += keys
                assert [key for key in keys if not _names(text, key)] == [], name
    assert len(checked) > 40


def _doc(name: str) -> str:
    return str(dict(stock_modules())[name].__doc__)


def _keys(schema: Any) -> list[str]:
    rows = schema_rows(schema) if isinstance(schema, Mapping) else ()
    paths = [key.rstrip("*").rpartition(".")[2] for key, _ in rows]
    return [key for key in paths if key != "<name>"]


def _names(text: str, key: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", text) is not None


def _parameters() -> Iterable[tuple[str, ...]]:
    page = (REFERENCE / "parameters.md").read_text(encoding="utf-8")
    return table(page, "## Parameters of every project")


def test_every_parameter_is_documented_with_its_default() -> None:
    assert [(name, default) for name, _, default, *_ in _parameters()] == [
        (f"`{name}`", f"`{json.dumps(value)}`") for name, value in sorted(DEFAULTS.items())
    ]


@pytest.mark.parametrize("heading", ["## Placeholders", "## Keyed values"])
def test_a_template_gives_what_its_reference_says(heading: str) -> None:
    variables = {"build_platform": "linux64", "this_chunk": 3, "locales": ["de", "fr"]}
    draft = Draft("example", Origin("test"), {}, variables, {})
    release = Release({}, {}, {"locale": None}, {})
    rows = table((REFERENCE / "templates.md").read_text(encoding="utf-8"), heading)
    for written, gives in rows:
        value = compile_template(json.loads(written.strip("`")))
        scope = TaskScope("kind", draft, {}, release)
        assert value.render(scope) == json.loads(gives.strip("`")), written
    assert len(rows) > 5


def test_the_facts_of_a_release_that_templates_may_name_are_all_documented() -> None:
    page = (REFERENCE / "templates.md").read_text(encoding="utf-8")
    release = Release.of(make_parameters(version="1.0"), make_config())
    derived = sorted(set(release.values) - set(DEFAULTS))
    assert derived
    assert [name for name in derived if f"`{name.replace('_', '-')}`" not in page] == []


def test_every_kind_says_what_it_is_for_in_a_sentence() -> None:
    for kind in Project.find(DOCS).kinds.values():
        assert kind.description[0].isupper(), kind.origin
        assert kind.description.endswith("."), kind.origin
        assert len(kind.description.split()) > 3, kind.origin


def test_the_glossary_is_in_alphabetical_order() -> None:
    lines = (REFERENCE / "glossary.md").read_text(encoding="utf-8").split("\n")
    terms = [line.split("**")[1].lower() for line in lines if line.startswith("- **")]
    assert len(terms) > 30
    assert terms == sorted(terms)
