"""Gives the JSON schema of a line of `decisions.jsonl`."""

from relpro.editor.json_schema import JsonSchema
from relpro.model.decision import Verdict


def decision_schema() -> JsonSchema:
    """The schema of one decision, as `Decision.to_json` writes it."""
    text = {"type": "string"}
    always = {
        "label": text,
        "stage": text,
        "verdict": {"enum": [verdict.value for verdict in Verdict]},
        "rule": text,
    }
    return {
        "type": "object",
        "properties": {**always, "cause": text, "needed-by": text},
        "required": [*always],
        "additionalProperties": False,
    }
