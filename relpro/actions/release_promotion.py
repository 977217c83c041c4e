"""The release-promotion action: promote, push or ship a release."""

from relpro.actions.action import Action, named_by
from relpro.actions.promotion.demands import FLAVOR
from relpro.actions.promotion.promote import promote
from relpro.actions.promotion.schema import input_schema
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters


def _releases(parameters: Parameters, config: GraphConfig) -> bool:
    """Whether the project makes releases; staging releases are promoted from try as well."""
    del parameters
    return bool(config.flavors)


RELEASE_PROMOTION = Action(
    name="release-promotion",
    title="Release Promotion",
    description="Promote, push or ship a release.",
    symbol=named_by(FLAVOR, "relpro"),
    order=500,
    decide=promote,
    schema=input_schema,
    permission="release-promotion",
    available=_releases,
    does="release",
)
