"""Takes the graph configuration, gives the JSON schema of the release-promotion action's input.

The same schema is published in `actions.json` and enforced. Fields are those that release
automation sends.
"""

from collections.abc import Mapping
from typing import Any

from relpro.editor.parameters import schema_of
from relpro.errors import Diagnostic, RelproError
from relpro.model.config import GraphConfig
from relpro.parameters.parameter import HIGHEST_BUILD
from relpro.parameters.read import own_parameter

_TASK_ID = "^[A-Za-z0-9_-]{22}$"
#: The text that a form sends for null.
_REVISION = "^([0-9a-f]{40}|None)?$"
_URL = "^https?://[^ ]+$"
_TEXT_OR_NULL = ["string", "null"]
_BUILD_NUMBER = {"type": "integer", "minimum": 1, "maximum": HIGHEST_BUILD}


def input_schema(config: GraphConfig) -> Mapping[str, Any]:
    """The schema; flavors, default `rebuild_kinds` and further inputs come from the configuration.

    Raises `RelproError` (K242) if a further input has the name of one of these.
    """
    fields = {
        **_identity(config),
        **_graphs(config),
        **_updates(),
        **_partners(),
        **_sign_offs(),
    }
    return {
        "type": "object",
        "properties": {**fields, **_of_project(config, fields)},
        "required": ["release_promotion_flavor", "build_number"],
        "additionalProperties": False,
    }


def _of_project(config: GraphConfig, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The project's own parameters that a promotion may set, with their types."""
    found = {}
    for item, name in enumerate(config.promotion_inputs):
        if name in fields:
            where = config.locations.origin("release-promotion", "inputs", item)
            what = f"release-promotion has an input `{name}` of its own"
            raise RelproError(
                Diagnostic("K242", what, (where,), remedy="call the parameter otherwise")
            )
        held = {**schema_of(own_parameter(config.inputs[name]))}
        # Without a default: a value that is not given stays as recorded.
        del held["default"]
        about = f"Parameter `{name}` of the project; where it is not given, it stays as it was."
        found[name] = {**held, "description": about}
    return found


def _identity(config: GraphConfig) -> dict[str, Any]:
    return {
        "release_promotion_flavor": {
            "type": "string",
            "description": "What to do: the phase and the product.",
            "enum": sorted(config.flavors),
        },
        "build_number": {
            **_BUILD_NUMBER,
            "description": "Counts the attempts at this version, from 1.",
            "default": 1,
        },
        "version": {
            "type": _TEXT_OR_NULL,
            "description": "The version to release, where it is not the one in the tree.",
            "default": "",
        },
        "next_version": {
            "type": _TEXT_OR_NULL,
            "description": "The version after this one; needed by flavors that bump the version.",
            "default": "",
        },
        "release_eta": {
            "type": _TEXT_OR_NULL,
            "description": "When updates go live: an ISO 8601 date with time; empty: at once.",
            "default": "",
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


def _graphs(config: GraphConfig) -> dict[str, Any]:
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
        "do_not_optimize": {
            "type": "array",
            "description": "Labels to make anew, although they exist.",
            "items": {"type": "string"},
        },
    }


def _updates() -> dict[str, Any]:
    earlier = {
        "type": "object",
        "properties": {
            "buildNumber": _BUILD_NUMBER,
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


def _partners() -> dict[str, Any]:
    return {
        "release_enable_partner_repack": _switch("Make the partner repacks."),
        "release_enable_partner_attribution": _switch("Make the builds attributed to partners."),
        "release_enable_emefree": _switch("Make the builds without encrypted media."),
        "release_partner_build_number": {
            **_BUILD_NUMBER,
            "description": "Counts the attempts at the partner builds, from 1.",
            "default": 1,
        },
        "release_partners": {
            "type": ["array", "null"],
            "description": "Only these partners; empty: all.",
            "items": {"type": "string"},
            "default": None,
        },
        "release_partner_config": {
            "type": ["object", "null"],
            "description": "The partners' configuration, instead of looking it up.",
        },
    }


def _sign_offs() -> dict[str, Any]:
    return {
        "required_signoffs": {
            "type": "array",
            "description": "Sign-offs without which some tasks are left out.",
            "items": {"type": "string"},
        },
        "signoff_urls": {
            "type": "object",
            "description": "Sign-off -> where it was given.",
            "additionalProperties": {"type": "string", "pattern": _URL},
            "default": {},
        },
    }


def _switch(description: str) -> dict[str, Any]:
    return {"type": "boolean", "description": description, "default": False}
