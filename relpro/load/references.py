"""Takes a graph configuration, finds the names in it that stand for nothing."""

from collections.abc import Iterable, Iterator

from relpro.errors import Diagnostic, Origin
from relpro.model.config import GraphConfig
from relpro.model.nearest import meant


def unknown_names(config: GraphConfig) -> Iterator[Diagnostic]:
    """One diagnostic (K211) for each product or target method that is used and not declared."""
    for flavor in config.flavors.values():
        place = flavor.origin
        yield from _known("product", flavor.product, config.products, place)
        yield from _known("target method", flavor.target_tasks_method, config.target_methods, place)
    for gate in config.gates:
        yield from _known("product", gate.product, config.products, gate.origin)


def _known(what: str, name: str, names: Iterable[str], place: Origin) -> Iterator[Diagnostic]:
    choices = sorted(names)
    if name in choices:
        return
    remedy = meant(name, choices, f"there are: {', '.join(choices)}")
    yield Diagnostic("K211", f"no {what} is called `{name}`", (place,), remedy=remedy)
