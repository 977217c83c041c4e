"""JSON schemas of what people write refuse nothing that relpro takes, and what is plainly wrong."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from relpro.cli.schema import DOCUMENTS
from relpro.yaml.document import Reader
from tests.acceptance.checkout import ROOT
from tests.editor.written import schema_of

ADOPTER = ROOT / "tests" / "adopter" / "repo"
PROJECTS = {"this project": ROOT, "an adopter": ADOPTER}
read = Reader()


@pytest.fixture(scope="module")
def kinds() -> Any:
    return jsonschema_rs.validator_for(json.loads(schema_of("kind")))


def sort_of(path: Path) -> str:
    """Which schema a file of kinds/ has."""
    if path.name == "config.yml":
        return "config"
    return "kind" if "description" in read(path, str(path)).data else "tasks"


def files_of(root: Path) -> list[Path]:
    phases = ("build", "promote", "push", "ship")
    found = (path for phase in phases for path in root.glob(f"kinds/{phase}/**/*.yml"))
    return [root / "kinds" / "config.yml", *sorted(found)]


def errors(validator: Any, data: Any) -> list[str]:
    return [f"{list(one.instance_path)}: {one.message}" for one in validator.iter_errors(data)]


@pytest.mark.parametrize("name", PROJECTS)
def test_every_file_of_a_project_fits(name: str) -> None:
    root = PROJECTS[name]
    validators = {
        sort: jsonschema_rs.validator_for(json.loads(schema_of(sort, root)))
        for sort in ("config", "kind", "tasks")
    }
    files = files_of(root)
    assert len(files) > 3
    wrong = {
        str(path): found
        for path in files
        if (found := errors(validators[sort_of(path)], read(path, str(path)).data))
    }
    assert wrong == {}


def test_parameters_fit_and_wrong_ones_do_not() -> None:
    schema = jsonschema_rs.validator_for(json.loads(schema_of("parameters")))
    given = read(ROOT / "docs/examples/release/parameters.yml", "parameters.yml").data
    assert errors(schema, given) == []
    assert errors(schema, {**given, "unheard-of": 1}) == []
    wrong: dict[str, Any]
    for wrong in ({"build_number": "1"}, {"release_history": []}, {"do_not_optimize": [1]}):
        (found,) = errors(schema, {**given, **wrong})
        assert next(iter(wrong)) in found


@pytest.mark.parametrize(
    ("entry", "is_right"),
    [
        ({"priority": "low"}, True),
        ({"priority": "{priority}"}, True),
        ({"priority": {"by-level": {"3": "low", "default": {"by-project": {"x": None}}}}}, True),
        ({"priority": "urgent"}, False),
        ({"priority": {"by-level": {"3": "urgent"}}}, False),
        ({"priority": {"by-level": {}}}, False),
        ({"retries": "{retries}"}, True),
        ({"retries": "many"}, False),
        ({"scopes": ["x-{level}"]}, True),
        ({"scopes": "{scopes}"}, True),
        ({"scopes": "x-{level}"}, False),
        ({"deadline-after": "2 days"}, True),
        ({"deadline-after": "soon"}, False),
        ({"depndencies": {}}, False),
        ({"worker": {"max-run-time": 3600, "env": {"A": "{level}"}}}, True),
        ({"worker": {"by-level": {"3": {"signing-type": "x"}, "default": {"command": []}}}}, True),
        ({"worker": {"max-run-tme": 3600}}, False),
    ],
)
def test_an_entry_fits_or_not(kinds: Any, entry: dict[str, Any], is_right: bool) -> None:
    found = errors(kinds, {"description": "x", "tasks": {"x": entry}})
    assert (found == []) is is_right, found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_schema_is_one(name: str) -> None:
    schema = json.loads(schema_of(name))
    assert schema["$schema"].startswith("http://json-schema.org/draft-07")
    jsonschema_rs.meta.validate(schema)
