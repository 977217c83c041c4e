"""Takes a graph configuration, finds undeclared names in it."""

from collections.abc import Iterable, Iterator

from relpro.errors import Diagnostic, Origin
from relpro.model.config import FILTERS, GraphConfig
from relpro.model.nearest import meant


def unknown_names(config: GraphConfig) -> Iterator[Diagnostic]:
    """One diagnostic (K211) for each name that is used and not declared.

    They are those of products, target methods and their filters, worker aliases, inputs of
    promotions and, where `projects` says which there are, projects.
    """
    for flavor in config.flavors.values():
        place = flavor.origin
        yield from _known("product", flavor.product, config.products, place)
        yield from _known("target method", flavor.target_tasks_method, config.target_methods, place)
    for item, name in enumerate(config.promotion_inputs):
        where = config.locations.origin("release-promotion", "inputs", item)
        yield from _known("parameter of `parameters: inputs`", name, config.inputs, where)
    for method in config.target_methods.values():
        for item, name in enumerate(method.filters):
            if "." not in name:
                where = config.locations.origin("target-methods", method.name, "filters", item)
                yield from _known("filter", name, FILTERS, where)
    yield from _unknown_projects(config)
    for gate in config.gates:
        yield from _known("product", gate.product, config.products, gate.origin)
    for item, product in enumerate(config.policy.rebuilt_products):
        where = config.locations.origin("policy", "rebuilt-products", item)
        yield from _known("product", product, config.products, where)
    if config.index_task is not None:
        where = config.locations.origin("index-task", "worker-type")
        yield from _known("worker alias", config.index_task["worker-type"], config.workers, where)


def _unknown_projects(config: GraphConfig) -> Iterator[Diagnostic]:
    names = config.project_names
    for item, name in enumerate(config.release_branches):
        # Projects without a level may be listed. A name that is almost that of a project is
        # misspelt.
        if meant(name, names):
            where = config.locations.origin("release-branches", item)
            yield from _known("project", name, names, where)
    for said in config.actions.values() if names else ():
        for item, name in enumerate(said.projects or ()):
            where = config.locations.origin("actions", said.name, "projects", item)
            yield from _known("project", name, names, where)


def unknown_kinds(config: GraphConfig, kinds: Iterable[str]) -> Iterator[Diagnostic]:
    """One diagnostic (K211) for each kind that the configuration names and the project lacks.

    A rule for a misspelt kind would have no effect. Kinds in `rebuild-kinds` may be missing: such
    lists are shared by projects that do not all have every kind.
    """
    known = sorted(kinds)
    for by, name, where in _named_kinds(config):
        if name not in known:
            remedy = meant(name, known, "`relpro kinds` lists them")
            what = f"{by} names kind `{name}`, which does not exist"
            yield Diagnostic("K211", what, (where,), remedy=remedy)


def _named_kinds(config: GraphConfig) -> Iterator[tuple[str, str, Origin]]:
    """The kinds that the configuration names: the setting, the kind and the place."""
    for name in config.policy.kinds:
        yield "`policy`", name, config.policy.origin
    for item, name in enumerate(config.may_fail):
        where = config.locations.origin("release-promotion", "may-fail", item)
        yield "`may-fail`", name, where
    for gate in config.gates:
        for name in gate.before:
            yield "a sign-off gate", name, gate.origin


def _known(what: str, name: str, names: Iterable[str], place: Origin) -> Iterator[Diagnostic]:
    choices = sorted(names)
    if name in choices:
        return
    remedy = meant(name, choices, f"there are: {', '.join(choices)}")
    yield Diagnostic("K211", f"no {what} is called `{name}`", (place,), remedy=remedy)
