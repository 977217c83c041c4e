"""Takes the graph configuration, gives the parameters that the input of a promotion may say."""

from collections.abc import Iterator, Mapping

import attrs

from relpro.model.config import GraphConfig
from relpro.model.parameters import BY_DEFAULT, Said
from relpro.parameters.holds import Anything
from relpro.parameters.known import PARAMETERS
from relpro.parameters.parameter import Field, Parameter
from relpro.parameters.read import own_parameter
from relpro.values.check import OriginOf

#: What a form makes of null is `None`.
_UNSAID = (None, "", "None")


def of_the_engine() -> Iterator[Parameter]:
    """Those that every project has."""
    return (row for row in PARAMETERS if row.field)


def of_the_project(config: GraphConfig) -> Iterator[Parameter]:
    """Those of the project's own that it says a promotion may be given."""
    for name in config.promotion_inputs:
        about = f"Parameter `{name}` of the project; where it is not given, it stays as it was."
        yield attrs.evolve(own_parameter(config.inputs[name]), field=Field(about, stays=True))


def said(given: Mapping[str, object], config: GraphConfig, origin: OriginOf) -> Said:
    """The parameters that an input says; defaults in place of those that are not to stay.

    `origin` gives the place of each field.
    """
    rows = {row.name: row for row in (*of_the_engine(), *of_the_project(config))}
    stay = {name for name, row in rows.items() if row.field and row.field.stays}
    defaults = {name: row.default for name, row in rows.items() if name not in stay}
    told = {name: given[name] for name in rows if name in given}
    found = {name: value for name, value in told.items() if _is_said(value, rows[name])}
    places = {name: origin(name) for name in found}
    return Said.at(BY_DEFAULT, defaults) | Said(found, places)


def _is_said(value: object, row: Parameter) -> bool:
    if row.is_text:
        return value not in _UNSAID
    return value is not None or isinstance(row.holds, Anything)
