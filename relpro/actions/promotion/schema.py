"""Takes the graph configuration, gives the JSON schema of the release-promotion action's input.

The schema that `actions.json` publishes is the one that is enforced. Fields are those of the
release-promotion action as release automation sends them: parameters, and what is said here.
"""

from collections.abc import Mapping
from typing import Any

from relpro.actions.promotion.fields import of_the_engine, of_the_project
from relpro.editor.parameters import holds_schema
from relpro.errors import Diagnostic, RelproError
from relpro.model.config import GraphConfig
from relpro.parameters.holds import build_number
from relpro.parameters.parameter import Parameter

_TASK_ID = "^[A-Za-z0-9_-]{22}$"
#: The text that a form sends for null.
_REVISION = "^([0-9a-f]{40}|None)?$"
_TEXT_OR_NULL = ["string", "null"]


def input_schema(config: GraphConfig) -> Mapping[str, Any]:
    """The schema; flavors, default `rebuild_kinds` and further inputs come from the configuration.

    Raises `RelproError` (K242) if a further input has the name of one of these.
    """
    fields = {
        **_identity(config),
        **_graphs(config),
        **_updates(),
        **{row.name: _field(row) for row in of_the_engine()},
    }
    return {
        "type": "object",
        "properties": {**fields, **_of_project(config, fields)},
        "required": ["release_promotion_flavor", "build_number"],
        "additionalProperties": False,
    }


def _of_project(config: GraphConfig, fields: Mapping[str, object]) -> dict[str, Any]:
    """The project's own parameters that a promotion may set, with their types."""
    found = {}
    for item, row in enumerate(of_the_project(config)):
        if row.name in fields:
            where = config.locations.origin("release-promotion", "inputs", item)
            what = f"release-promotion has an input `{row.name}` of its own"
            raise RelproError(
                Diagnostic("K242", what, (where,), remedy="call the parameter otherwise")
            )
        found[row.name] = _field(row)
    return found


def _field(row: Parameter) -> dict[str, Any]:
    """The schema of a field that is a parameter; a form makes null of text that nobody wrote."""
    assert row.field is not None
    held = holds_schema(row.holds, null=row.null or row.is_text)
    # Without a default: what is not given stays as it was recorded.
    default = {} if row.field.stays else {"default": row.default}
    return {**held, "description": row.field.meaning, **default}


def _identity(config: GraphConfig) -> dict[str, object]:
    return {
        "release_promotion_flavor": {
            "type": "string",
            "description": "What to do: the phase and the product.",
            "enum": sorted(config.flavors),
        },
        "plan_digest": {
            "type": _TEXT_OR_NULL,
            "description": "The digest of the plan that was reviewed; any other plan is refused.",
            "default": "",
        },
        "again": _switch("Make a release again of which a group of tasks exists."),
        "additional_shipit_emails": {
            "type": "array",
            "description": "Further people that the release automation notifies; not used here.",
            "items": {"type": "string"},
        },
    }


def _graphs(config: GraphConfig) -> dict[str, object]:
    return {
        "previous_graph_ids": {
            "type": "array",
            "description": "The decision task first, then earlier promotions; later ones win.",
            "items": {"type": "string", "pattern": _TASK_ID},
            "uniqueItems": True,
        },
        "revision": {
            "type": _TEXT_OR_NULL,
            "description": "The revision whose decision task to use without previous graphs.",
            "pattern": _REVISION,
        },
        "rebuild_kinds": {
            "type": "array",
            "description": "Kinds to make anew, besides those of configuration and flavor.",
            "items": {"type": "string"},
            "default": list(config.rebuild_kinds),
        },
    }


def _updates() -> dict[str, Any]:
    earlier = {
        "type": "object",
        "properties": {
            "buildNumber": holds_schema(build_number()),
            "locales": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        },
        "required": ["buildNumber", "locales"],
        "additionalProperties": False,
    }
    return {
        "partial_updates": {
            "type": "object",
            "description": "Earlier version -> its build number and locales.",
            "additionalProperties": earlier,
            "default": {},
        },
    }


def _switch(description: str) -> dict[str, object]:
    return {"type": "boolean", "description": description, "default": False}
