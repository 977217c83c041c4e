"""An action of the project's own."""

from typing import Any

import attrs

from relpro import Action, Generate, Goal, Pipeline, Request


def _input(config: Any) -> dict[str, Any]:
    """What it may be given."""
    why = {"type": "string", "description": "Why once more.", "default": "nobody knows"}
    return {"type": "object", "properties": {"why": why}, "additionalProperties": False}


def _again(request: Request) -> Generate:
    goal = Goal(labels=("thing-notarized",))
    pipeline = Pipeline.of(request.project, request.head, goal)
    return Generate(attrs.evolve(pipeline, creator=request.creator))


NOTARIZE = Action(
    name="notarize",
    title="Notarize",
    description="Have it notarized.",
    symbol="n",
    order=50,
    decide=_again,
    schema=_input,
)
