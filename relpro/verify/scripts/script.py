"""Takes a task body and what a script looks for, gives the scopes it finds or why it refuses them.

Each project puts its own prefix before the scopes of a service (`project:releng:`, ...), so that a
scope is known by its middle: `:signing:cert:`, `:beetmover:bucket:`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import attrs

from relpro.schemas.wording import listed

#: A task body as the queue gets it.
Body = Mapping[str, Any]

#: A rule on a body: gives a text for each violation.
Rule = Callable[[Body], Iterator[str]]

#: The servers that a deployment has of most services.
SERVERS = ("production", "staging")


@attrs.frozen(eq=False, repr=False)
class Demand:
    """Something that the code of a script asks for and its schema does not.

    `says` is the demand in a sentence, `source` the file and the function that make it, `check`
    the rule by which a body is judged. It is made of tasks of some `actions`; of all, if empty.
    """

    says: str
    source: str
    check: Rule
    actions: tuple[str, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Script:
    """What one scriptworker script demands of a task.

    `schemas` gives the names of the schemas that the whole task must fit; none where the script
    could not choose one, which a demand on scopes explains. `of_scopes` need only a body that the
    queue accepts; `of_payload` are judged of a body that fits the schemas.
    """

    schemas: Callable[[Body], tuple[str, ...]]
    of_scopes: tuple[Demand, ...] = ()
    of_payload: tuple[Demand, ...] = ()
    #: The rules of both, made once: each is asked of every task of the script.
    scope_rules: tuple[Rule, ...] = attrs.field(init=False)
    payload_rules: tuple[Rule, ...] = attrs.field(init=False)

    @scope_rules.default
    def _of_scopes(self) -> tuple[Rule, ...]:
        return tuple(demand.check for demand in self.of_scopes)

    @payload_rules.default
    def _of_payload(self) -> tuple[Rule, ...]:
        return tuple(demand.check for demand in self.of_payload)

    @property
    def demands(self) -> tuple[Demand, ...]:
        """All of them, in the order in which they are judged."""
        return (*self.of_scopes, *self.of_payload)


def always(name: str) -> Callable[[Body], tuple[str, ...]]:
    """Chooses the schema `name` for every body."""
    return lambda _body: (name,)


def by_scope(marker: str, schemas: Mapping[str, str]) -> Callable[[Body], tuple[str, ...]]:
    """Chooses among `schemas` by what follows `marker` in the one scope that has it."""

    def choose(body: Body) -> tuple[str, ...]:
        name = schemas.get(only(body, marker) or "")
        return (name,) if name else ()

    return choose


def scopes_with(body: Body, marker: str) -> list[tuple[str, str]]:
    """(what stands before `marker`, what stands after it) of each scope that has it, in order."""
    parts = [scope.partition(marker) for scope in body.get("scopes", ()) if marker in scope]
    return [(before, after) for before, _, after in parts]


def values(body: Body, marker: str) -> list[str]:
    """What stands after `marker` in each scope that has it, in order."""
    return [after for _, after in scopes_with(body, marker)]


def only(body: Body, marker: str) -> str | None:
    """What stands after `marker` in the one scope that has it; None for no scope or several."""
    found = values(body, marker)
    return found[0] if len(found) == 1 else None


def exactly_one(marker: str, known: Collection[str] = ()) -> Rule:
    """A rule: one scope has `marker`, no more; it ends in one of `known`, if that is given."""

    def rule(body: Body) -> Iterator[str]:
        found = values(body, marker)
        if len(found) != 1:
            held = listed(f"...{marker}{value}" for value in found) or "none"
            yield f"exactly one scope `...{marker}<name>` is needed, found {held}"
        elif known and found[0] not in known:
            yield f"scope `...{marker}{found[0]}` does not end in one of {listed(known)}"

    return rule


def one_prefix(markers: Collection[str], told: str) -> Rule:
    """A rule: the scopes that have one of `markers` begin alike; `told` is how they are called."""

    def rule(body: Body) -> Iterator[str]:
        found = {prefix for marker in markers for prefix, _ in scopes_with(body, marker)}
        if len(found) > 1:
            yield f"the scopes of {told} have several prefixes: {listed(sorted(found))}"

    return rule


def upstream_artifacts(body: Body) -> list[tuple[int, Mapping[str, Any]]]:
    """(index, item) of each upstream artifact that the payload names; see `place_of`.

    Not every script's schema speaks of them, so that what is not a list of mappings is passed over.
    """
    items = body["payload"].get("upstreamArtifacts")
    if not isinstance(items, (list, tuple)):
        return []
    return [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]


def place_of(index: int) -> str:
    """The JSON path of an upstream artifact."""
    return f"payload.upstreamArtifacts[{index}]"


def upstream_paths(body: Body) -> list[str]:
    """The paths of all upstream artifacts, in order."""
    return [path for _, item in upstream_artifacts(body) for path in item["paths"]]
