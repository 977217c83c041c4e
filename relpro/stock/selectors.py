"""Takes the configuration, gives the allowed values of keys that select tasks.

With a misspelt name a task would silently never be selected.
"""

from collections.abc import Mapping
from functools import cache

import voluptuous

from relpro.model.config import EVERYWHERE, GraphConfig
from relpro.parameters.known import TASKS_FOR
from relpro.values import list_of, one_of, templated, text
from relpro.values.names import regular_expression

Schemas = Mapping[str, voluptuous.Schema]


def selectors(config: GraphConfig) -> Schemas:
    """The schemas of the keys of an entry that name projects, products and events."""
    return _selectors(config.products, tuple(config.project_names))


@cache
def _selectors(products: tuple[str, ...], projects: tuple[str, ...]) -> Schemas:
    # If the configuration has no `projects`, any name is allowed.
    project = one_of([*projects, EVERYWHERE]) if projects else text
    items = {
        "run-on-projects": project,
        "run-on-tasks-for": one_of([*TASKS_FOR, EVERYWHERE]),
        "run-on-hg-branches": regular_expression,
        "run-on-git-branches": regular_expression,
    }
    lists = {name: voluptuous.Schema(templated(list_of(item))) for name, item in items.items()}
    return {"shipping-product": voluptuous.Schema(templated(one_of([*products, None]))), **lists}
