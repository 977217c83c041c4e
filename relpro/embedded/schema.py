"""Takes the services' schema files; gives compiled checks that list every violation."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import orjson

from relpro.embedded.clock import is_date_time
from relpro.embedded.errors import ApiError, Json

#: Schema files of the services that requests refer to, by service.
REFERENCES = {
    "queue": ("task", "task-metadata"),
    "hooks": ("hook-metadata", "bindings"),
}

#: The message for a violated keyword; `{}` is the keyword's value.
WORDING: dict[str, Callable[[Any], str]] = {
    "required": lambda v: f"must have required property '{v}'",
    "additionalProperties": lambda v: f"must NOT have additional properties: {', '.join(v)}",
    "falseSchema": lambda _: "must NOT have additional properties",
    "type": lambda v: f"must be {','.join(v)}",
    "pattern": lambda v: f'must match pattern "{v}"',
    "format": lambda v: f'must match format "{v}"',
    "enum": lambda v: f"must be equal to one of the allowed values: {v}",
    "maxLength": lambda v: f"must NOT have more than {v} characters",
    "minLength": lambda v: f"must NOT have fewer than {v} characters",
    "maxItems": lambda v: f"must NOT have more than {v} items",
    "uniqueItems": lambda _: "must NOT have duplicate items",
    "minimum": lambda v: f"must be >= {v}",
    "maximum": lambda v: f"must be <= {v}",
    "anyOf": lambda _: "must match a schema in anyOf",
    "oneOf": lambda _: "must match exactly one schema in oneOf",
}

Validator = jsonschema_rs.Draft6Validator


def check_body(schema: str, body: object) -> None:
    """Raise `InputValidationError` with all violations of a request's schema, if there are any.

    `schema` is `<service>/<file>` or, for relpro's own, `requests/<name>`.
    """
    validator = compiled(schema)
    if not validator.is_valid(body):
        lines = "\n".join(f"  * {line}" for line in violations(validator, body, "data"))
        message = f"Schema Validation Failed!\n\nRejecting Schema: {schema}.json#\nErrors:\n{lines}"
        raise ApiError("InputValidationError", message)


def violations(validator: jsonschema_rs.Validator, body: object, name: str) -> Iterator[str]:
    """Every violation as one line, `<name>/path must ...`."""
    for error in validator.iter_errors(body):
        path = "".join(f"/{part}" for part in error.instance_path)
        wording = WORDING.get(error.kind.name)
        text = wording(error.kind.value) if wording else f"must be valid: {error.message}"
        yield f"{name}{path} {text}"


def trigger_validator(schema: Json) -> jsonschema_rs.Validator:
    """The validator for a hook's own trigger schema; raises `ValueError` if it is invalid."""
    return jsonschema_rs.Draft7Validator(dict(schema), formats={"date-time": is_date_time})


@cache
def compiled(schema: str) -> Validator:
    """One request schema, compiled once per process."""
    service, name = schema.split("/")
    if service == "requests":
        return _validator(_read("requests.json")[name], None)
    constants = _read(service, "constants.json")
    resources = [
        (f"urn:{service}/{other}.json", _absolute(service, other, constants))
        for other in REFERENCES[service]
    ]
    return _validator(_absolute(service, name, constants), jsonschema_rs.Registry(resources))


def _validator(schema: Any, registry: jsonschema_rs.Registry | None) -> Validator:
    formats: dict[str, Callable[..., bool]] = {"date-time": is_date_time}
    return Validator(schema, formats=formats, validate_formats=True, registry=registry)


def _absolute(service: str, name: str, constants: Json) -> Any:
    schema = _resolved(_read(service, "v1", f"{name}.json"), service, constants)
    return {
        **{k: v for k, v in schema.items() if k != "$schema"},
        "$id": f"urn:{service}/{name}.json",
    }


def _resolved(value: object, service: str, constants: Json) -> Any:
    if isinstance(value, list):
        return [_resolved(item, service, constants) for item in value]
    if not isinstance(value, dict):
        return value
    if "$const" in value:
        return _resolved(constants[value["$const"]], service, constants)
    if "$ref" in value:
        return {"$ref": f"urn:{service}/{value['$ref']}"}
    return {key: _resolved(item, service, constants) for key, item in value.items()}


def _read(*path: str) -> Any:
    return orjson.loads(files("relpro.embedded").joinpath("schemas", *path).read_bytes())
