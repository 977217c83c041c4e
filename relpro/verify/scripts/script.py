"""Takes a task body and what a script looks for, gives these scopes, or why they are refused.

Each project puts its own prefix before the scopes of a service (`project:releng:`, ...), so a scope
is recognized by its middle part: `:signing:cert:`, `:beetmover:bucket:`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import attrs

from relpro.schemas.wording import listed

#: A task body as it is sent to the queue.
Body = Mapping[str, Any]

#: A rule for bodies: returns a text for each violation.
Rule = Callable[[Body], Iterator[str]]

#: The servers that a deployment has of most services.
SERVERS = ("production", "staging")


@attrs.frozen(eq=False, repr=False)
class Demand:
    """A requirement of a script's code that its schema does not have.

    `says` is the requirement as a sentence, `source` the file and function of the script, `check`
    the rule for bodies. It applies to tasks of some `actions`; if empty, to all.
    """

    says: str
    source: str
    check: Rule
    actions: tuple[str, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Script:
    """The requirements of one scriptworker script.

    `schemas` returns the names of the schemas that the whole task must fit; none if the script
    could not choose one, which a requirement on scopes reports. `of_scopes` are checked for every
    body that the queue accepts, `of_payload` only for a body that fits the schemas. If it
    `publishes`, the files of its `upstreamArtifacts` reach users as they are, and must be signed.
    """

    schemas: Callable[[Body], tuple[str, ...]]
    of_scopes: tuple[Demand, ...] = ()
    of_payload: tuple[Demand, ...] = ()
    publishes: bool = False
    #: The rules of both, computed once, since they are used for every task of the script.
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
        """All requirements, in the order in which they are checked."""
        return (*self.of_scopes, *self.of_payload)


def always(name: str) -> Callable[[Body], tuple[str, ...]]:
    """Chooses the schema `name` for every body."""
    return lambda _body: (name,)


def by_scope(marker: str, schemas: Mapping[str, str]) -> Callable[[Body], tuple[str, ...]]:
    """Chooses among `schemas` by the text after `marker` in the only scope that contains it."""

    def choose(body: Body) -> tuple[str, ...]:
        name = schemas.get(only(body, marker) or "")
        return (name,) if name else ()

    return choose


def scopes_with(body: Body, marker: str) -> list[tuple[str, str]]:
    """(text before `marker`, text after it) for each scope that contains it, in order."""
    parts = [scope.partition(marker) for scope in body.get("scopes", ()) if marker in scope]
    return [(before, after) for before, _, after in parts]


def values(body: Body, marker: str) -> list[str]:
    """The text after `marker` in each scope that contains it, in order."""
    return [after for _, after in scopes_with(body, marker)]


def only(body: Body, marker: str) -> str | None:
    """The text after `marker` in the only scope with it; None for no scope or several."""
    found = values(body, marker)
    return found[0] if len(found) == 1 else None


def exactly_one(marker: str, known: Collection[str] = ()) -> Rule:
    """A rule: exactly one scope contains `marker`; it ends in one of `known`, if given."""

    def rule(body: Body) -> Iterator[str]:
        found = values(body, marker)
        if len(found) != 1:
            held = listed(f"...{marker}{value}" for value in found) or "none"
            yield f"exactly one scope `...{marker}<name>` is needed, found {held}"
        elif known and found[0] not in known:
            yield f"scope `...{marker}{found[0]}` does not end in one of {listed(known)}"

    return rule


def one_prefix(markers: Collection[str], told: str) -> Rule:
    """A rule: all scopes with one of `markers` have the same prefix; `told` is their name."""

    def rule(body: Body) -> Iterator[str]:
        found = {prefix for marker in markers for prefix, _ in scopes_with(body, marker)}
        if len(found) > 1:
            yield f"the scopes of {told} have several prefixes: {listed(sorted(found))}"

    return rule


def upstream_artifacts(body: Body) -> list[tuple[int, Mapping[str, Any]]]:
    """(index, item) of each upstream artifact in the payload; see `place_of`.

    Not every script's schema covers them, so values of a wrong type are ignored.
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
