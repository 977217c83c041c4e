"""An action of the project's own."""

import attrs

from relpro import Action, Generate, Goal, Pipeline, Request


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
)
