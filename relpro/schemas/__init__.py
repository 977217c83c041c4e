"""Takes the name of a schema file and a value, gives the violations, in relpro's words.

The files are those of Taskcluster and of the scriptworker scripts; SOURCES.txt says which. A name
is a file's path below this directory, such as `taskcluster/queue/v1/create-task-request.json`.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from relpro.schemas.wording import explained

_FOLDER = Path(__file__).parent
_BASE = "relpro:///"
_DRAFT_6 = "http://json-schema.org/draft-06/schema#"
_CONSTANTS = "taskcluster/queue/constants.json"


def _read(name: str) -> Any:
    return json.loads((_FOLDER / name).read_bytes())


def _filled_in(value: object, constants: dict[str, object]) -> Any:
    """A schema with each `{"$const": NAME}` replaced by the constant of that name."""
    if isinstance(value, list):
        return [_filled_in(item, constants) for item in value]
    if not isinstance(value, dict):
        return value
    if "$const" in value:
        return _filled_in(constants[value["$const"]], constants)
    return {key: _filled_in(item, constants) for key, item in value.items()}


def _with_literal_braces(value: object) -> Any:
    """A script's schema in which braces that are no repetition are escaped.

    Python's `re` allows them.
    """
    if isinstance(value, list):
        return [_with_literal_braces(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _with_literal_braces(item) for key, item in value.items()}
    if isinstance(value.get("pattern"), str):
        changed["pattern"] = re.sub(r"{([^}\d][^}]*)}", r"\\{\1\\}", value["pattern"])
    return changed


@cache
def schema(name: str) -> dict[str, Any]:
    """The schema in file `name`, complete: constants filled in, an absolute `$id`, its draft.

    Taskcluster's schemas are of draft 06, whatever metaschema they name; those of the scripts name
    none, and are read as the newest draft, as the scripts do.
    """
    content = _read(name)
    if name.startswith("taskcluster/"):
        complete = {**_filled_in(content, _read(_CONSTANTS)), "$schema": _DRAFT_6}
    else:
        complete = _with_literal_braces(content)
    return {**complete, "$id": _BASE + name}


@cache
def validator(name: str) -> jsonschema_rs.Validator:
    """The compiled validator of the schema in file `name`.

    Formats such as `date-time` are checked only for Taskcluster's services, since the scripts do
    not check them.
    """
    return jsonschema_rs.validator_for(
        schema(name),
        validate_formats=name.startswith("taskcluster/"),
        retriever=lambda uri: schema(uri.removeprefix(_BASE)),
    )


def problems(name: str, value: object, root: str = "") -> list[str]:
    """The violations of the schema in file `name` by `value`: one text each, with the JSON path.

    `root` is the path of `value` itself, prepended to every path. A valid value costs one quick
    check.
    """
    compiled = validator(name)
    if compiled.is_valid(value):
        return []
    return [text for error in compiled.iter_errors(value) for text in explained(error, root)]
