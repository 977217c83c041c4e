"""The schema of a plan file. It is needed because a plan can be edited together with its digest."""

from typing import Final

import voluptuous as vol

from relpro.model.phase import PHASES
from relpro.schemas.documents import EFFECTS
from relpro.schemas.shape import Shape

#: The format of plan files; other formats must be made again.
FORMAT: Final = 2


def shape_of_plan() -> vol.Schema:
    """The schema of a whole plan: every key is required, and no others are allowed."""
    texts, anything = vol.Schema({str: str}), vol.Schema({str: object})
    said = vol.Any(str, None)
    goal = vol.Schema(
        {
            "phase": vol.Any(*PHASES, None),
            "product": said,
            "flavor": said,
            "fresh": bool,
            "kinds": [str],
            "labels": [str],
            "rebuild_kinds": [str],
            "recorded_only": bool,
            "again": bool,
        },
        required=True,
    )
    task = vol.Schema(
        {
            "kind": str,
            "digest": str,
            vol.Optional("effects"): _are_effects,
            vol.Optional("scopes"): [str],
            vol.Optional("locale"): str,
        },
        required=True,
    )
    inputs = {
        "parameters": anything,
        "parameters-digest": str,
        "tree": texts,
        "tree-digest": str,
    }
    return vol.Schema(
        {
            "format": FORMAT,
            "relpro": str,
            "goal": goal,
            "inputs": inputs,
            "create": vol.Schema({str: task}),
            "reuse": texts,
            "drop": texts,
            "policy": texts,
            "digest": str,
        },
        required=True,
    )


def _are_effects(value: object) -> object:
    if wrong := [*Shape(EFFECTS).misfits(value)]:
        raise vol.Invalid(wrong[0])
    return value
