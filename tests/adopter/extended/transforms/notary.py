"""Takes an office and pages, gives the payload of a script that only this project has."""

from voluptuous import Optional, Required

from relpro import Context, Payload, Refusal, TaskDescription

SCHEMA = {Required("office"): str, Optional("pages"): int}

BODY = {
    "type": "object",
    "required": ["office"],
    "properties": {"office": {"type": "string"}, "pages": {"type": "integer", "maximum": 9}},
    "additionalProperties": False,
}


def build(ctx: Context, task: TaskDescription) -> Payload:
    """The payload, and the scope of the office."""
    office = task.worker["office"]
    if office == "Nowhere":
        raise Refusal("there is no such office", "name a town", ("worker", "office"))
    scope = f"{ctx.config.scope_prefix}:notary:{office}"
    return Payload(dict(task.worker), scopes=(scope,))
